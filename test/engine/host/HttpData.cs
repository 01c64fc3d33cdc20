using Newtonsoft.Json.Linq;

namespace EngineHost;

/// <summary>Requests and responses in the form that the Functions host exchanges with the Node.js library; bytes travel as base64.</summary>
internal static class HttpData
{
    public static async Task<JObject> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return new JObject
        {
            ["http"] = new JObject
            {
                ["method"] = request.Method,
                ["url"] = $"{request.Scheme}://{request.Host}{request.Path}{request.QueryString}",
                ["headers"] = ToObject(request.Headers.Select(h => (h.Key.ToLowerInvariant(), h.Value.ToString()))),
                ["query"] = ToObject(request.Query.Select(q => (q.Key, q.Value.ToString()))),
                ["params"] = ToObject(request.RouteValues.Select(r => (r.Key, r.Value?.ToString() ?? ""))),
                ["body"] = new JObject { ["bytes"] = Convert.ToBase64String(body.ToArray()) },
            },
        };
    }

    public static async Task WriteAsync(JToken? data, HttpResponse response)
    {
        response.StatusCode = int.Parse((string?)data?["statusCode"] ?? "200");
        foreach (var header in data?["headers"]?.Children<JProperty>() ?? default) response.Headers[header.Name] = (string?)header.Value;
        if ((string?)data?["body"]?["bytes"] is string body) await response.Body.WriteAsync(Convert.FromBase64String(body));
    }

    private static JObject ToObject(IEnumerable<(string Name, string Value)> pairs) => new(pairs.Select(p => new JProperty(p.Name, p.Value)));
}
