using Microsoft.AspNetCore.Mvc.WebApiCompatShim;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Host;
using Microsoft.Azure.WebJobs.Host.Config;

namespace EngineHost;

#pragma warning disable CS0618 // IWebHookProvider is obsolete, yet the only way for an extension to learn where its HTTP API is.

/// <summary>Serves the extension's own HTTP API, which durable clients and the tests use.</summary>
internal sealed class ManagementApi(int port) : IWebHookProvider
{
    public const string Route = "/runtime/webhooks/durabletask/{**rest}";

    private IAsyncConverter<HttpRequestMessage, HttpResponseMessage>? handler;

    public Uri GetUrl(IExtensionConfigProvider extension)
    {
        handler = (IAsyncConverter<HttpRequestMessage, HttpResponseMessage>)extension;
        return new Uri($"http://127.0.0.1:{port}/runtime/webhooks/durabletask?code=test");
    }

    public async Task AnswerAsync(HttpContext context)
    {
        var request = new HttpRequestMessageFeature(context).HttpRequestMessage;
        var answer = await handler!.ConvertAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers)) context.Response.Headers[name] = values.ToArray();
        context.Response.Headers.Remove("Transfer-Encoding");
        await answer.Content.CopyToAsync(context.Response.Body);
    }
}
