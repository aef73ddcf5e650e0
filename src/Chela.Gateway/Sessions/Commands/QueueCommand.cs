using Chela.Contracts.Errors;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions.Commands;

/// <summary>Choosing what becomes of messages that come while a session is busy.</summary>
internal sealed class QueueCommand(SessionTable sessions, QueueRules rules, SessionNews news) : ICommandModule
{
    private static readonly string[] Modes = ["steer", "followup", "collect", "interrupt"];

    public IEnumerable<ChatCommand> Commands =>
    [
        new("queue", "options", "Show what becomes of messages that come while this conversation is busy, or choose it.", RunAsync)
        {
            Argument = new CommandArgument("mode", $"{string.Join(", ", Modes)}, or default for the configured one"),
            InFront = (call, wishes) => wishes with { QueueMode = ModeIn(call) },
        },
    ];

    private async Task<CommandReply> RunAsync(CommandCall call)
    {
        if (call.Argument.Length == 0)
        {
            return new CommandReply($"Messages wait here by {Mode(call)}.");
        }

        await ChooseAsync(call, ModeIn(call));
        news.Tell(call.Session, "patch");
        return new CommandReply($"Messages wait here by {Mode(call)} from now on.");
    }

    /// <summary>The mode that is named; null for the configured one, which for one message is that of the session.</summary>
    private static string? ModeIn(CommandCall call)
    {
        var word = call.Argument.ToLowerInvariant();
        return word == "default" ? null
            : Modes.Contains(word) ? word
            : throw new RpcException(RpcErrorKind.InvalidRequest, $"there is no queue mode {call.Argument} (there are {string.Join(", ", Modes)}, default)");
    }

    private string Mode(CommandCall call) => rules.For(call.Message, null).Mode switch
    {
        QueueMode.Steer => "steer",
        QueueMode.Collect => "collect",
        QueueMode.Interrupt => "interrupt",
        _ => "followup",
    };

    private async Task ChooseAsync(CommandCall call, string? mode)
    {
        try
        {
            await sessions.GetOrCreateAsync(call.Session, CancellationToken.None);
            await sessions.UpdateAsync(call.Session, entry => entry with { QueueMode = mode });
        }
        catch (JournalWriteException)
        {
            throw new RpcException(RpcErrorKind.Unavailable, "the change could not be written to disk; is the disk full?");
        }
    }
}
