using Chela.Contracts.Errors;
using Chela.Gateway.Config;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions.Commands;

/// <summary>Choosing how hard the model of a session thinks: what it cannot is refused.</summary>
internal sealed class ThinkCommand(SessionTable sessions, SessionNews news, ModelLookup models) : ICommandModule
{
    private const string Default = "default";

    public IEnumerable<ChatCommand> Commands =>
    [
        new("think", "options", "Show how hard the model of this conversation thinks, or choose it.", RunAsync)
        {
            Aliases = ["thinking", "t"],
            Argument = new CommandArgument("level", $"{string.Join(", ", ThinkingLevels.Of(reasoning: true))}, as far as the model can; or {Default} for the agent's"),
            InFront = (call, wishes) => wishes with
            {
                Run = wishes.Run with { Thinking = Read(call, wishes.Run.Model) ?? ModelOf(call, null).ThinkingDefault },
            },
        },
    ];

    private async Task<CommandReply> RunAsync(CommandCall call)
    {
        if (call.Argument.Length == 0)
        {
            return new CommandReply($"Thinking is {LevelOf(call)} here ({ModelOf(call, null).FullName} can: {string.Join(", ", Thinking.LevelsOf(ModelOf(call, null)))}).");
        }

        await ChooseAsync(call, Read(call, null));
        news.Tell(call.Session, "patch");
        return new CommandReply($"Thinking is {LevelOf(call)} here from now on.");
    }

    private SessionDefaults ModelOf(CommandCall call, string? wished) => models(wished ?? sessions.Find(call.Session)?.ModelOverride, call.Session.AgentId);

    private string LevelOf(CommandCall call) => Thinking.InForce(sessions.Find(call.Session)?.ThinkingLevel, ModelOf(call, null));

    /// <summary>The level that is named; null for the agent's.</summary>
    private string? Read(CommandCall call, string? wished) =>
        call.Argument.Equals(Default, StringComparison.OrdinalIgnoreCase) ? null : Thinking.Read("thinking", call.Argument, ModelOf(call, wished));

    private async Task ChooseAsync(CommandCall call, string? level)
    {
        try
        {
            await sessions.GetOrCreateAsync(call.Session, CancellationToken.None);
            await sessions.UpdateAsync(call.Session, entry => entry with { ThinkingLevel = level });
        }
        catch (JournalWriteException)
        {
            throw new RpcException(RpcErrorKind.Unavailable, "the change could not be written to disk; is the disk full?");
        }
    }
}
