using System.Diagnostics;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.Failover;

/// <summary>What a trace shows of one question to models: in the words of OpenTelemetry (gen_ai), and never what was asked or said.</summary>
internal sealed class ModelTrace : IDisposable
{
    private readonly Activity _span;
    private bool _isWhole;

    private ModelTrace(Activity span) => _span = span;

    /// <summary>Begins the question; null while nobody listens.</summary>
    /// <param name="model">The model that is preferred.</param>
    public static ModelTrace? Begin(ModelRef model)
    {
        if (Traces.Begin("chat", ActivityKind.Client) is not { } span)
        {
            return null;
        }

        span.DisplayName = $"chat {model.Name}";
        span.SetTag("gen_ai.operation.name", "chat").SetTag("gen_ai.request.model", model.Name);
        return new ModelTrace(span);
    }

    /// <summary>This model answers.</summary>
    public void Answers(ModelRef model) => _span.SetTag("gen_ai.provider.name", model.Provider).SetTag("gen_ai.response.model", model.Name);

    /// <summary>Takes what the provider counted out of a piece of the answer.</summary>
    public void Says(ChatResponseUpdate update)
    {
        if (update.Contents.OfType<UsageContent>().LastOrDefault()?.Details is { } usage)
        {
            _span.SetTag("gen_ai.usage.input_tokens", usage.InputTokenCount).SetTag("gen_ai.usage.output_tokens", usage.OutputTokenCount);
        }
    }

    /// <summary>The answer came to its end.</summary>
    public void Succeed() => _isWhole = true;

    public void Dispose() => Traces.End(_span, _isWhole ? null : "unanswered");
}
