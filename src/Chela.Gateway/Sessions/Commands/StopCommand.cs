using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions.Commands;

/// <summary>Stopping what runs and waits in a session.</summary>
internal sealed class StopCommand(LaneWork work, RunStops stops) : ICommandModule
{
    public IEnumerable<ChatCommand> Commands =>
        [new("stop", "session", "Stop what runs and waits in this conversation, and its sub-agents.", RunAsync) { Aliases = ["abort"] }];

    private async Task<CommandReply> RunAsync(CommandCall call)
    {
        var stopped = await stops.StopAsync(call.Session, runId: null, CancellationToken.None);
        return new CommandReply((stopped.Count + await work.StopAsync(call.Session)) switch
        {
            0 => "Nothing runs here.",
            1 => "Stopped.",
            var count => $"Stopped {count} runs.",
        })
        {
            Stopped = stopped,
        };
    }
}
