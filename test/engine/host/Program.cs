// The real Durable Task extension for our app: a host of WebJobs, as the Functions host is, with the app in a Node.js worker.
//   dotnet EngineHost.dll --app DIR --worker FILE --node FILE --port N
// Settings come from the environment, as in Azure; those of the engine from the app's host.json. HTTP functions are served; a timer
// function runs only when it is asked for. Ends with its standard input, at SIGTERM, and when the worker has died too often.
using EngineHost;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Host;
using Microsoft.Azure.WebJobs.Host.Config;
using Newtonsoft.Json.Linq;

var options = new ConfigurationBuilder().AddCommandLine(args).Build();
string app = Required("app");
int port = int.Parse(Required("port"));
TellEnvironment(port);

// An orchestrator of another process blocks its thread while the worker replays it.
ThreadPool.SetMinThreads(128, 128);

using var worker = new Worker(Required("node"), Required("worker"), app);
var functions = await worker.StartAsync();
Functions.Worker = worker;

var builder = WebApplication.CreateBuilder();
builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
builder.Logging.ClearProviders().AddSimpleConsole(o => { o.SingleLine = true; o.TimestampFormat = "HH:mm:ss.fff "; });
AddHostJson(builder.Configuration, app);

var managementApi = new ManagementApi(port);
#pragma warning disable CS0618 // See ManagementApi.
builder.Services.AddSingleton<IWebHookProvider>(managementApi);
#pragma warning restore CS0618
builder.Services.AddSingleton<ITypeLocator>(new Functions(functions));
builder.Host.ConfigureWebJobs(webJobs => webJobs.AddDurableTask());

var web = builder.Build();
web.Map(ManagementApi.Route, managementApi.AnswerAsync);
web.MapGet("/admin/host/status", () => new { state = "Running", workerProcessId = worker.ProcessId, workerUrl = worker.Url });
foreach (var function in functions.Where(f => f.IsHttp))
{
    web.MapMethods(function.Route, function.Methods, async (HttpContext context, IJobHost host) =>
        await HttpData.WriteAsync((await Functions.RunAsync(host, function, await HttpData.ReadAsync(context)))?["http"], context.Response));
}

foreach (var function in functions.Where(f => f.IsTimer))
{
    var tick = new JObject { ["json"] = """{"Schedule":{"AdjustForDST":true},"IsPastDue":false}""" };
    web.MapPost($"/admin/functions/{function.Name}", async (IJobHost host) => { await Functions.RunAsync(host, function, tick); });
}

_ = worker.Ended.ContinueWith(_ => web.Lifetime.StopApplication());
_ = Task.Run(() =>
{
    while (Console.In.Read() >= 0) { }
    web.Lifetime.StopApplication();
});
await web.RunAsync();
// As in the Functions host: the engine takes no more work, what is under way gets some seconds, and only then the worker is told.
await worker.DrainAsync(TimeSpan.FromSeconds(10));

string Required(string name) => options[name] ?? throw new ArgumentException($"--{name} is missing.");

// What the extension and durable-functions read to learn where and for whom they run.
static void TellEnvironment(int port)
{
    Environment.SetEnvironmentVariable("FUNCTIONS_WORKER_RUNTIME", "node");
    Environment.SetEnvironmentVariable("WEBSITE_HOSTNAME", $"127.0.0.1:{port}");
    // The two name this host among those of the hub. By default it is the machine's name, and a second host would own the same partitions.
    Environment.SetEnvironmentVariable("WEBSITE_CURRENT_STAMPNAME", "test");
    Environment.SetEnvironmentVariable("RoleInstanceId", $"host{port}");
    // The extension's own listener for its workers has a logger of its own.
    Environment.SetEnvironmentVariable("Logging__LogLevel__Default", "Warning");
    // In a container that sets it, the extension would take us for the Linux Consumption plan.
    Environment.SetEnvironmentVariable("CONTAINER_NAME", null);
}

// host.json is the section AzureFunctionsJobHost, as in the Functions host, and settings may override its values there.
static void AddHostJson(ConfigurationManager configuration, string app)
{
    const string Section = "AzureFunctionsJobHost";
    var hostJson = new ConfigurationBuilder().AddJsonFile(Path.Combine(app, "host.json")).Build();
    configuration.AddInMemoryCollection(hostJson.AsEnumerable().Select(e => KeyValuePair.Create($"{Section}:{e.Key}", e.Value)));
    configuration.AddInMemoryCollection([KeyValuePair.Create("AzureWebJobsConfigurationSection", (string?)Section)]);
    configuration.AddEnvironmentVariables();
}
