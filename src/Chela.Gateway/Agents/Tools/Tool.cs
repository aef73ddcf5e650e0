using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chela.Contracts.Tools;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Agents.Tools;

/// <summary>What a tool does with arguments that were read and checked. It may throw a <see cref="ToolRefusal"/>.</summary>
internal delegate Task<ToolResult> ToolHandler<in TArguments>(TArguments arguments, ToolContext context, CancellationToken ct);

/// <summary>A tool whose arguments are a type: its schema is what models are shown, and what they write is held to it.</summary>
/// <typeparam name="TArguments">A record with descriptions and bounds as attributes.</typeparam>
internal sealed class Tool<TArguments> : ITool
{
    private readonly JsonTypeInfo<TArguments> _type;
    private readonly JsonShape _shape;
    private readonly ToolHandler<TArguments> _handler;

    public Tool(string name, string summary, JsonTypeInfo<TArguments> arguments, ToolHandler<TArguments> handler)
    {
        (_type, _handler, _shape) = (arguments, handler, new JsonShape(arguments));
        Description = new ToolDescription(name, summary, _shape.Schema);
    }

    public ToolDescription Description { get; private init; }

    public ToolRisk Risk
    {
        get => Description.Risk;
        init => Description = Description with { Risk = value };
    }

    public bool HasSideEffects
    {
        get => Description.HasSideEffects;
        init => Description = Description with { HasSideEffects = value };
    }

    public TimeSpan TimeLimit
    {
        get => Description.TimeLimit;
        init => Description = Description with { TimeLimit = value };
    }

    public async Task<ToolResult> RunAsync(JsonElement arguments, ToolContext context, CancellationToken ct)
    {
        if (_shape.Check(arguments) is { Count: > 0 } problems)
        {
            return ToolResult.Failed($"The arguments do not fit: {ShapeProblem.Join(problems)}.");
        }

        try
        {
            return await _handler(arguments.Deserialize(_type)!, context, ct);
        }
        catch (ToolRefusal refused)
        {
            return ToolResult.Failed(refused.Message);
        }
    }
}
