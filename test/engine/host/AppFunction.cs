using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Newtonsoft.Json.Linq;

namespace EngineHost;

/// <summary>A function of the app, as the worker describes it.</summary>
public sealed record AppFunction(string Name, AppTrigger Trigger, IReadOnlyList<string> DurableClients)
{
    private static readonly Dictionary<string, Type> DurableTriggers = new()
    {
        ["orchestrationTrigger"] = typeof(OrchestrationTriggerAttribute),
        ["activityTrigger"] = typeof(ActivityTriggerAttribute),
    };

    public bool IsDurable => DurableTriggers.ContainsKey(Trigger.Type);

    public bool IsHttp => Trigger.Type == "httpTrigger";

    public bool IsTimer => Trigger.Type == "timerTrigger";

    /// <summary>The attribute by which WebJobs knows the trigger.</summary>
    public Type TriggerAttribute => DurableTriggers[Trigger.Type];

    public string Route => "/api/" + ((string?)Trigger.Options["route"] ?? Name);

    public IEnumerable<string> Methods => Trigger.Options["methods"]?.Values<string>().OfType<string>() ?? ["GET", "POST"];
}

/// <summary>A trigger binding: its name, its type, such as <c>httpTrigger</c>, and that type's options.</summary>
public sealed record AppTrigger(string Name, string Type, JObject Options);
