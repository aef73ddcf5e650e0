using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.Failover;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions.Spawning;
using Chela.Gateway.Usage;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents;

/// <summary>Counts what runs take from their models.</summary>
internal sealed class Spending(UsageLedger ledger, ProviderCatalog providers, SpawnTree tree, ConfigStore config, TimeProvider time)
{
    /// <summary>Begins to count for a run.</summary>
    /// <param name="budget">What its agent may take.</param>
    /// <param name="turn">The run.</param>
    /// <param name="sessionId">Its transcript.</param>
    public RunSpending Begin(BudgetConfig budget, Turn turn, string sessionId)
    {
        var (cause, above) = (tree.CauseOf(turn), tree.Above(turn.Session));
        var isOwn = cause == turn.RunId && above.Count == 0;
        return Begin(budget, new UsageLine(0, turn.RunId, turn.Session.Value, sessionId)
        {
            Channel = AgentSteps.ChannelOf(turn),
            For = isOwn ? null : new UsageOrigin(cause, [.. above.Select(session => session.Value)]),
        });
    }

    /// <summary>Begins to count for work that is no run.</summary>
    /// <param name="budget">What its agent may take.</param>
    /// <param name="work">What its lines in the ledger have in common.</param>
    public RunSpending Begin(BudgetConfig budget, UsageLine work)
    {
        var agents = config.Current.Config.Agents;
        return new(ledger, model => providers.Describe(model).Price, new RunBudgets(ledger, work, budget, agent => agents.Of(agent).Budget), work, time);
    }
}

/// <summary>What one run takes from its models, written down call by call, and whether it may take more. For one caller at a time.</summary>
internal sealed class RunSpending(UsageLedger ledger, Func<ModelRef, ModelPrice?> priceOf, RunBudgets budgets, UsageLine run, TimeProvider time)
{
    private const decimal Million = 1_000_000m;

    private readonly long _beganAt = time.GetTimestamp();
    private readonly List<string> _tools = [];
    private Spent _spent;

    /// <summary>Notes a part of an answer; what a call took comes with its last one. An answer that was told again took nothing.</summary>
    public void Add(ModelUpdate told)
    {
        var (model, update) = told;
        _tools.AddRange(update.Contents.OfType<FunctionCallContent>().Select(call => call.Name));
        if (update.Contents.OfType<UsageContent>().LastOrDefault()?.Details is not { } details)
        {
            return;
        }

        if (told.IsRepeated)
        {
            ledger.Add(run with { AtMs = NowMs(), Call = new UsageCall(model.Provider, model.Name, 0, 0, 0) { Cost = new UsageCost(0, 0, 0), IsRepeated = true } });
            return;
        }

        var cached = Math.Clamp(details.CachedInputTokenCount ?? 0, 0, Math.Max(0, details.InputTokenCount ?? 0));
        var call = new UsageCall(
            model.Provider, model.Name, Math.Max(0, details.InputTokenCount ?? 0) - cached, Math.Max(0, details.OutputTokenCount ?? 0), cached)
        {
            Tools = _tools.Count > 0 ? [.. _tools] : null,
        };
        call = call with { Cost = CostOf(call, priceOf(model)) };
        _tools.Clear();
        _spent = _spent.With(call);
        ledger.Add(run with { AtMs = NowMs(), Call = call });
    }

    /// <summary>Refuses a further call of the model once a budget is used up.</summary>
    /// <exception cref="BudgetException">It is; the message names it.</exception>
    public void Check() => budgets.Check(_spent);

    /// <summary>Notes the end; returns when everything is on disk, or the disk refuses it.</summary>
    public Task EndAsync(TurnStatus status)
    {
        var took = (long)time.GetElapsedTime(_beganAt).TotalMilliseconds;
        ledger.Add(run with { AtMs = NowMs(), End = new UsageEnd(took, status is not (TurnStatus.Done or TurnStatus.Aborted)) });
        return FlushAsync();
    }

    /// <summary>Returns when everything is on disk, or the disk refuses it.</summary>
    public Task FlushAsync() => ledger.FlushAsync();

    private static UsageCost? CostOf(UsageCall call, ModelPrice? price) => price is null ? null : new UsageCost(
        call.Input * price.Input / Million, call.Output * price.Output / Million, call.CacheRead * price.CacheRead / Million);

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
