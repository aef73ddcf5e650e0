using System.Text;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents.Supervisor;

/// <summary>Carries out one plan: each step as soon as what it needs is there, those that need nothing of each other at the same time.</summary>
/// <param name="plan">The plan, without circles.</param>
/// <param name="parent">The run on whose behalf.</param>
/// <param name="subagents">Does the steps.</param>
/// <param name="tell">Told of each change.</param>
internal sealed class PlanRun(Plan plan, Turn parent, Subagents subagents, Action<PlanNews> tell)
{
    /// <summary>The most steps that are done at the same time.</summary>
    private const int MostAtOnce = 4;

    /// <summary>What of one result is told on, in characters.</summary>
    private const int LongestResult = 20_000;

    private readonly Dictionary<string, PlanStepNews> _states = plan.Steps.ToDictionary(
        step => step.Id, step => new PlanStepNews(step.Id, step.Agent ?? parent.Session.AgentId, step.Task, step.Needs ?? []), StringComparer.Ordinal);

    private readonly Dictionary<string, TurnResult> _results = new(StringComparer.Ordinal);

    /// <summary>Does all steps. A step that fails stops no other: those that need it are told.</summary>
    /// <returns>What came of them, for the model that made the plan.</returns>
    public async Task<string> RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = new Dictionary<Task<(SessionKey Session, TurnResult Result)>, PlanStep>();
        try
        {
            while (_results.Count < plan.Steps.Count)
            {
                foreach (var step in Ready().Take(MostAtOnce - running.Count).ToList())
                {
                    running.Add(subagents.RunAsync(parent, _states[step.Id].Agent, TaskOf(step), stop.Token), step);
                    Change(step, "in_progress");
                }

                var ended = await Task.WhenAny(running.Keys);
                running.Remove(ended, out var done);
                var (session, result) = await ended;
                _results[done!.Id] = result;
                Change(done, result.Status == TurnStatus.Done ? "completed" : "failed", session);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await ((Task)Task.WhenAll(running.Keys)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return string.Join("\n\n", plan.Steps.Select(step => $"## {step.Id}\n{Told(step.Id)}"));
    }

    private IEnumerable<PlanStep> Ready() =>
        plan.Steps.Where(step => _states[step.Id].Status == PlanStepNews.Pending && (step.Needs ?? []).All(_results.ContainsKey));

    private string TaskOf(PlanStep step)
    {
        var task = new StringBuilder(step.Task);
        foreach (var need in step.Needs ?? [])
        {
            task.Append($"\n\n## Result of {need}\n").Append(Told(need));
        }

        return task.ToString();
    }

    private string Told(string step)
    {
        var result = _results[step];
        var text = Tools.ToolRunner.Cut(new(result.Text), LongestResult).Text;
        return result.Error is null ? text : $"{text}\n(It failed: {result.Error})".TrimStart();
    }

    private void Change(PlanStep step, string status, SessionKey? session = null)
    {
        _states[step.Id] = _states[step.Id] with { Status = status, SessionKey = session?.Value };
        tell(new PlanNews([.. plan.Steps.Select(one => _states[one.Id])]));
    }
}
