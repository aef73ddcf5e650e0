using Chela.Contracts.Access;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions.Commands;

/// <summary>How a session is, and who is asking.</summary>
internal sealed class StatusCommands(SessionTable sessions, ModelCommands models, Lanes lanes) : ICommandModule
{
    public IEnumerable<ChatCommand> Commands =>
    [
        new("status", "status", "Show how this conversation is.", Status),
        new("whoami", "status", "Show who you are to the gateway.", WhoAmI) { Aliases = ["id"] },
    ];

    private Task<CommandReply> Status(CommandCall call)
    {
        var session = sessions.Find(call.Session);
        var turns = lanes.Of(call.Session).Count(turn => !turn.Completion.IsCompleted);
        return Task.FromResult(new CommandReply(string.Join('\n',
            $"Session: {call.Session.Value}",
            $"Model: {models.NameOf(call.Session)}",
            $"Thinking: {models.ThinkingOf(call.Session)}",
            $"Messages: {session?.MessageCount ?? 0}",
            $"Tokens of the last answer: {session?.TotalTokens ?? 0}",
            $"Compactions: {session?.CompactionCount ?? 0}{(session?.CompactionFailure is { } failure ? $"; the last attempt failed: {failure.Problem}" : "")}",
            turns == 0 ? "Nothing runs." : $"Running: 1, waiting: {turns - 1}")));
    }

    private static Task<CommandReply> WhoAmI(CommandCall call)
    {
        var caller = call.Commander.Caller;
        var party = caller.UserId is { } user ? $"{user}, by {caller.ClientId}" : caller.ClientId;
        var device = caller.DeviceId is { } id ? $"\nDevice: {id}" : "";
        return Task.FromResult(new CommandReply(
            $"You are {party}.{device}\nScopes: {string.Join(", ", ScopeNames.Of(caller.Granted))}\nSession: {call.Session.Value}"));
    }
}
