using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Commands;

namespace Chela.Gateway.Agents.Context;

/// <summary>Making a conversation shorter by a message.</summary>
internal sealed class CompactCommand(SessionCompaction compaction, SessionNews news) : ICommandModule
{
    public IEnumerable<ChatCommand> Commands =>
    [
        new("compact", "session", "Have the older part of this conversation summarized, so that it takes less of the model's context.", RunAsync)
        {
            Argument = new CommandArgument("instructions", "what the summary should keep above all"),
        },
    ];

    private async Task<CommandReply> RunAsync(CommandCall call)
    {
        var wishes = call.Argument.Length > 0 ? call.Argument : null;
        var done = await compaction.CompactAsync(call.Session, call.Message.RunId, wishes, CancellationToken.None);
        if (done.Result is not { } summary)
        {
            return new CommandReply(done.Ok ? "Nothing was said here that could be summarized." : $"Nothing was summarized. {done.Reason}");
        }

        news.Tell(call.Session, "compact");
        return new CommandReply($"Summarized: about {summary.TokensBefore} tokens before, {summary.TokensAfter} now.");
    }
}
