using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents;

/// <summary>Runs turns, and lets those know who wait for runs and those who watch the list of sessions.</summary>
internal sealed class TurnCare(Runs runs, SessionNews news, AgentRun agent, StoppedTurns stopped)
{
    /// <summary>Runs a turn; of one whose end was told it only writes that down.</summary>
    public Task RunAsync(Turn turn, CancellationToken stopping) => turn.Completion.IsCompleted
        ? news.CarryAsync(turn, agent.RunAsync, stopping)
        : runs.CarryAsync(turn, (one, token) => news.CarryAsync(one, agent.RunAsync, token), stopping);

    /// <summary>Tells the end of a turn that was stopped while it waited.</summary>
    public Task TellStoppedAsync(Turn turn, CancellationToken stopping) =>
        runs.CarryAsync(turn, (one, token) => news.CarryAsync(one, (told, _) => stopped.TellAsync(told), token), stopping);
}
