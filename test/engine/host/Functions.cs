using System.Reflection;
using System.Reflection.Emit;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EngineHost;

/// <summary>
/// Tells WebJobs the app's functions, as the Functions host does: a generated method
/// <c>Task&lt;object&gt; name([XTrigger] string trigger, IBinder binder)</c> for each, which forwards to the worker.
/// </summary>
public sealed class Functions(IEnumerable<AppFunction> functions) : ITypeLocator
{
    private static readonly JsonSerializerSettings KeepTimes = new() { DateParseHandling = DateParseHandling.None };

    // Static, since the generated methods have nothing else to reach it by.
    private static readonly Dictionary<string, AppFunction> Durable = [];

    /// <summary>Set before the host starts.</summary>
    public static Worker Worker { private get; set; } = null!;

    public IReadOnlyList<Type> GetTypes()
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new("AppFunctions"), AssemblyBuilderAccess.Run);
        var type = assembly.DefineDynamicModule("AppFunctions").DefineType("AppFunctions", TypeAttributes.Public | TypeAttributes.Class);
        foreach (var function in functions.Where(f => f.IsDurable))
        {
            Durable[function.Name] = function;
            DefineMethod(type, function);
        }

        return [type.CreateType(), typeof(Calls)];
    }

    /// <summary>What a generated method calls.</summary>
    public static async Task<object?> RunDurableAsync(string name, string trigger, IBinder binder) =>
        ToObject((await InvokeAsync(Durable[name], new JObject { ["string"] = trigger }, binder))["returnValue"]);

    /// <summary>Runs a function that is not the engine's inside WebJobs, which binds its durable client. Answers what it returned.</summary>
    public static async Task<JToken?> RunAsync(IJobHost host, AppFunction function, JObject trigger)
    {
        var call = new Call(function, trigger);
        await host.CallAsync(nameof(Calls), new Dictionary<string, object> { ["call"] = call });
        return call.Returned;
    }

    private static void DefineMethod(TypeBuilder type, AppFunction function)
    {
        var attributes = MethodAttributes.Public | MethodAttributes.Static;
        var method = type.DefineMethod(function.Name, attributes, typeof(Task<object>), [typeof(string), typeof(IBinder)]);
        method.SetCustomAttribute(new(typeof(FunctionNameAttribute).GetConstructor([typeof(string)])!, [function.Name]));
        var trigger = method.DefineParameter(1, ParameterAttributes.None, function.Trigger.Name);
        trigger.SetCustomAttribute(new(function.TriggerAttribute.GetConstructor([])!, []));
        method.DefineParameter(2, ParameterAttributes.None, "_binder");
        var code = method.GetILGenerator();
        code.Emit(OpCodes.Ldstr, function.Name);
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Call, typeof(Functions).GetMethod(nameof(RunDurableAsync))!);
        code.Emit(OpCodes.Ret);
    }

    private static async Task<JObject> InvokeAsync(AppFunction function, JObject trigger, IBinder binder)
    {
        var inputs = new JObject { [function.Trigger.Name] = trigger };
        foreach (string client in function.DurableClients)
        {
            inputs[client] = new JObject { ["string"] = await binder.BindAsync<string>(new DurableClientAttribute()) };
        }

        var metadata = new JObject();
        if (((Microsoft.Azure.WebJobs.Binder)binder).BindingData.TryGetValue("instanceId", out object? id))
        {
            metadata["instanceId"] = new JObject { ["string"] = (string?)id };
        }

        return await Worker.InvokeAsync(function.Name, inputs, metadata);
    }

    /// <summary>What a function returned, as the Functions host hands it to the extension.</summary>
    private static object? ToObject(JToken? returned) => returned?.First is not JProperty value ? null : value.Name switch
    {
        "json" => JsonConvert.DeserializeObject((string)value.Value!, KeepTimes),
        "int" => (long)value.Value,
        "double" => (double)value.Value,
        _ => (string?)value.Value,
    };

    /// <summary>The members are internal since WebJobs would take public ones for binding data.</summary>
    public sealed class Call(AppFunction function, JObject trigger)
    {
        internal AppFunction Function => function;

        internal JObject Trigger => trigger;

        internal JToken? Returned { get; set; }
    }

    public static class Calls
    {
        [NoAutomaticTrigger]
        [FunctionName(nameof(Calls))]
        public static async Task RunAsync(Call call, IBinder binder) =>
            call.Returned = (await InvokeAsync(call.Function, call.Trigger, binder))["returnValue"];
    }
}
