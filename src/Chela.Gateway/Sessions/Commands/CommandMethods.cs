using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Access;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions.Commands;

/// <summary>Parameters of <c>commands.list</c>.</summary>
internal sealed record CommandsListParams
{
    [Description("Accepted: all sessions have the same commands."), StringLength(Contracts.Sessions.SessionKey.MaxLength, MinimumLength = 1)]
    public string? SessionKey { get; init; }

    [Description("Accepted: all agents have the same commands."), MinLength(1)]
    public string? AgentId { get; init; }

    [Description("Accepted: no channel has commands of its own."), MinLength(1)]
    public string? Provider { get; init; }

    [Description("native lists none: no chat app has the commands in its menus."), AllowedValues("text", "native", "both")]
    public string? Scope { get; init; }

    [Description("False leaves out what may follow the names.")]
    public bool? IncludeArgs { get; init; }
}

/// <summary>Result of <c>commands.list</c>.</summary>
internal sealed record CommandsListResult(IReadOnlyList<CommandRow> Commands);

/// <summary>A command as menus show it.</summary>
/// <param name="TextAliases">What begins a message that gives the command, its name first.</param>
/// <param name="Source">Always <c>native</c>: the gateway's own.</param>
/// <param name="Scope">Always <c>text</c>: it is given by a message.</param>
internal sealed record CommandRow(
    string Name, IReadOnlyList<string> TextAliases, string Description, string Category, string Source, string Scope, bool AcceptsArgs)
{
    public IReadOnlyList<CommandArg>? Args { get; init; }
}

/// <summary>What may follow the name of a command.</summary>
internal sealed record CommandArg(string Name, string Description, string Type);

/// <summary>The commands that a message may give.</summary>
internal sealed class CommandMethods(CommandTable table) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = CommandsJson.Default;
        methods.Add(MethodMap.Method("commands.list", OperatorScopes.Read, json.CommandsListParams, json.CommandsListResult, List) with
        {
            Summary = "List the commands that a message may give to the gateway.",
        });
    }

    private ValueTask<CommandsListResult> List(CommandsListParams parameters, CallContext context, CancellationToken ct) =>
        new(new CommandsListResult(parameters.Scope == "native" ? [] : [.. table.All.Select(command => Row(command, parameters.IncludeArgs ?? true))]));

    private static CommandRow Row(ChatCommand command, bool withArgs)
    {
        var words = command.Aliases.Prepend(command.Name).Select(word => $"/{word}");
        return new CommandRow(command.Name, [.. words], command.Description, command.Category, "native", "text", command.Argument is not null)
        {
            Args = withArgs && command.Argument is { } argument ? [new CommandArg(argument.Name, argument.Description, "string")] : null,
        };
    }
}

/// <summary>JSON types of the commands. Strict, as everywhere.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CommandsListParams))]
[JsonSerializable(typeof(CommandsListResult))]
internal sealed partial class CommandsJson : JsonSerializerContext;
