using System.Diagnostics;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EngineHost;

/// <summary>
/// The Node.js process that runs the app's functions. It is started again when it ends; as in the Functions host, not for ever.
/// </summary>
public sealed class Worker(string node, string script, string app) : IDisposable
{
    private const string ReadyPrefix = "worker is ready: ";
    private const int MaxDeaths = 3;
    private static readonly TimeSpan RestartDelay = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    /// <summary>As the Functions host takes them.</summary>
    private static string[] Flags => (Environment.GetEnvironmentVariable("languageWorkers__node__arguments") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private TaskCompletionSource<Running> running = NewSource<Running>();
    private Process? process;
    private volatile bool isStopping;
    private int callsUnderWay;

    public int? ProcessId => process?.Id;

    /// <summary>Waits for the calls under way.</summary>
    public async Task DrainAsync(TimeSpan patience)
    {
        var end = DateTime.UtcNow + patience;
        while (callsUnderWay > 0 && DateTime.UtcNow < end) await Task.Delay(50);
    }

    /// <summary>Where it listens, once it does.</summary>
    public Uri? Url => running.Task.IsCompletedSuccessfully ? running.Task.Result.Url : null;

    /// <summary>Completes when it has died so often that it is not started again.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Starts it and answers the app's functions. Throws when the app does not load.</summary>
    public async Task<IReadOnlyList<AppFunction>> StartAsync()
    {
        Ended = KeepRunningAsync();
        return (await running.Task).Functions;
    }

    /// <summary>
    /// Runs a function and answers its outputs. Throws what the Functions host throws, for the extension parses those texts or passes
    /// them on: <see cref="RpcException"/> when the function throws, <see cref="WorkerProcessExitException"/> when the process ends.
    /// </summary>
    public async Task<JObject> InvokeAsync(string name, JObject inputs, JObject triggerMetadata)
    {
        var worker = await running.Task;
        var answer = await CountAsync(() => PostAsync(worker, new JObject { ["name"] = name, ["inputs"] = inputs, ["triggerMetadata"] = triggerMetadata }));
        if (answer["error"] is not JObject error) return answer;
        throw new RpcException($"Result: Failure\nException: {error["message"]}\nStack: {error["stack"]}");
    }

    public void Dispose()
    {
        isStopping = true;
        process?.StandardInput.Close();
        if (process?.WaitForExit(EndPatience) == false) process.Kill();
    }

    private async Task<JObject> CountAsync(Func<Task<JObject>> call)
    {
        Interlocked.Increment(ref callsUnderWay);
        try
        {
            return await call();
        }
        finally
        {
            Interlocked.Decrement(ref callsUnderWay);
        }
    }

    private async Task<JObject> PostAsync(Running worker, JObject call)
    {
        try
        {
            using var content = new StringContent(call.ToString(Formatting.None), Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(worker.Url, content);
            using var text = new StreamReader(await response.Content.ReadAsStreamAsync());
            // Json.NET would turn every text that looks like a time into a date.
            using var reader = new JsonTextReader(text) { DateParseHandling = DateParseHandling.None };
            return await JObject.LoadAsync(reader);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            int code = await worker.ExitCode.WaitAsync(EndPatience);
            throw new WorkerProcessExitException($"node exited with code {code} (0x{code:X})", e);
        }
    }

    private async Task KeepRunningAsync()
    {
        for (int deaths = 0; deaths < MaxDeaths && !isStopping; deaths++)
        {
            if (deaths > 0) await Task.Delay(RestartDelay);
            process = Process.Start(new ProcessStartInfo(node, [.. Flags, "--enable-source-maps", script, app])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = app,
            })!;
            var exitCode = NewSource<int>();
            await ReadOutputAsync(process.StandardOutput, exitCode.Task);
            await process.WaitForExitAsync();
            Console.WriteLine($"[worker] ended with code {process.ExitCode}");
            if (deaths == 0 && running.TrySetException(new AppLoadException($"The app did not load: node ended with code {process.ExitCode}."))) return;
            // Calls wait for the next one from here on; those that were under way learn how this one ended.
            if (running.Task.IsCompleted) running = NewSource<Running>();
            exitCode.SetResult(process.ExitCode);
        }

        running.TrySetException(new WorkerProcessExitException($"node ended {MaxDeaths} times and is not started again", null));
    }

    private async Task ReadOutputAsync(StreamReader output, Task<int> exitCode)
    {
        while (await output.ReadLineAsync() is string line)
        {
            Console.WriteLine("[worker] " + line);
            if (!line.StartsWith(ReadyPrefix, StringComparison.Ordinal)) continue;
            var ready = JObject.Parse(line[ReadyPrefix.Length..]);
            running.TrySetResult(new Running((Uri)ready["url"]!, ready["functions"]!.ToObject<AppFunction[]>()!, exitCode));
        }
    }

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Running(Uri Url, IReadOnlyList<AppFunction> Functions, Task<int> ExitCode);
}

public sealed class AppLoadException(string message) : Exception(message);

public sealed class RpcException(string message) : Exception(message);

public sealed class WorkerProcessExitException(string message, Exception? inner) : Exception(message, inner);
