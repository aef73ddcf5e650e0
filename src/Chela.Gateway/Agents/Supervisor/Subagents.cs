using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents.Supervisor;

/// <summary>Has agents do parts of a task, each in a session of its own.</summary>
/// <param name="intake">Takes their tasks in. It leads back to the runs, which lead here: hence late.</param>
/// <param name="lanes">Stops them.</param>
/// <param name="time">The clock.</param>
internal sealed class Subagents(Lazy<ChatIntake> intake, Lazy<Lanes> lanes, TimeProvider time)
{
    /// <summary>Gives an agent a task and waits for its answer.</summary>
    /// <param name="parent">The run on whose behalf.</param>
    /// <param name="agentId">The agent.</param>
    /// <param name="task">What it is told.</param>
    /// <param name="ct">Ends the agent's run too.</param>
    /// <returns>How it ended; a task that is not taken in is a failure.</returns>
    public async Task<(SessionKey Session, TurnResult Result)> RunAsync(Turn parent, string agentId, string task, CancellationToken ct)
    {
        var runId = Guid.NewGuid().ToString();
        var session = SessionKey.Of(agentId, $"subagent:{runId}");
        var message = new InboundMessage(runId, session, task, parent.Message.Channel, parent.Message.SenderId, NowMs());
        try
        {
            var taken = await intake.Value.AcceptAsync(message);
            taken.Begin?.Invoke();
            return (session, await taken.Turn!.Completion.WaitAsync(ct));
        }
        catch (OperationCanceledException)
        {
            lanes.Value.Abort(session, runId);
            throw;
        }
        catch (RpcException refused)
        {
            return (session, new TurnResult(TurnStatus.Failed, "", null, refused.Message, NowMs()));
        }
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
