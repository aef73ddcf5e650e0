using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions.Spawning;

namespace Chela.Gateway.Agents.Supervisor;

/// <summary>Has agents do parts of a task, each in a session of its own.</summary>
/// <param name="spawner">Has their tasks taken in.</param>
/// <param name="lanes">Stops them. They lead back to the runs, which lead here: hence late.</param>
/// <param name="time">The clock.</param>
internal sealed class Subagents(Spawner spawner, Lazy<Lanes> lanes, TimeProvider time)
{
    /// <summary>Gives an agent a task and waits for its answer.</summary>
    /// <param name="parent">The run on whose behalf.</param>
    /// <param name="agentId">The agent.</param>
    /// <param name="task">What it is told.</param>
    /// <param name="ct">Ends the agent's run too.</param>
    /// <returns>How it ended; a task that is not taken in is a failure.</returns>
    public async Task<(SessionKey Session, TurnResult Result)> RunAsync(Turn parent, string agentId, string task, CancellationToken ct)
    {
        var order = new SpawnOrder(Guid.NewGuid().ToString(), agentId, task, new TurnWishes());
        try
        {
            var taken = await spawner.SpawnAsync(parent, order);
            taken.Begin?.Invoke();
            return (order.Session, await taken.Turn!.Completion.WaitAsync(ct));
        }
        catch (OperationCanceledException)
        {
            lanes.Value.Abort(order.Session, order.RunId);
            throw;
        }
        catch (RpcException refused)
        {
            return (order.Session, new TurnResult(TurnStatus.Failed, "", null, refused.Message, time.GetUtcNow().ToUnixTimeMilliseconds()));
        }
    }

}
