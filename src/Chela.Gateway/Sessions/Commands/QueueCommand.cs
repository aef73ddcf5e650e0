using System.Globalization;
using Chela.Contracts.Errors;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions.Commands;

/// <summary>Choosing what becomes of messages that come while a session is busy.</summary>
internal sealed class QueueCommand(SessionTable sessions, QueueRules rules, SessionNews news) : ICommandModule
{
    public IEnumerable<ChatCommand> Commands =>
    [
        new("queue", "options", "Show what becomes of messages that come while this conversation is busy, or choose it.", RunAsync)
        {
            Argument = new CommandArgument("mode", QueueChoice.Description) { GoesOn = QueueChoice.IsOption },
            InFront = (call, wishes) => wishes with { QueueMode = ForOneMessage(call.Argument) },
        },
    ];

    private async Task<CommandReply> RunAsync(CommandCall call)
    {
        if (call.Argument.Length == 0)
        {
            return new CommandReply($"Messages wait here by {Describe(call)}.");
        }

        await ChooseAsync(call, QueueChoice.Of(call.Argument));
        news.Tell(call.Session, "patch");
        return new CommandReply($"Messages wait here by {Describe(call)} from now on.");
    }

    /// <summary>The mode for a message in front of which it stands; null for that of the session.</summary>
    private static string? ForOneMessage(string words) => QueueChoice.Of(words) is { HasOptions: false } choice
        ? choice.Mode
        : throw new RpcException(RpcErrorKind.InvalidRequest, "debounce, cap and drop are for the whole conversation: send /queue with them alone");

    private string Describe(CommandCall call)
    {
        var settings = rules.For(call.Message, null);
        return string.Create(CultureInfo.InvariantCulture,
            $"{settings.Mode} (debounce {settings.Debounce.TotalMilliseconds} ms, cap {settings.Cap}, drop {settings.Drop})").ToLowerInvariant();
    }

    private async Task ChooseAsync(CommandCall call, QueueChoice choice)
    {
        try
        {
            await sessions.GetOrCreateAsync(call.Session, CancellationToken.None);
            await sessions.UpdateAsync(call.Session, choice.On);
        }
        catch (JournalWriteException)
        {
            throw new RpcException(RpcErrorKind.Unavailable, "the change could not be written to disk; is the disk full?");
        }
    }
}
