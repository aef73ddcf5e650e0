using System.Globalization;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.Failover;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Usage;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents;

/// <summary>A run has taken what it may; the message is for the user.</summary>
internal sealed class BudgetException(string message) : Exception(message);

/// <summary>Counts what runs take from their models.</summary>
internal sealed class Spending(UsageLedger ledger, ProviderCatalog providers, TimeProvider time)
{
    /// <summary>Begins to count for a run.</summary>
    /// <param name="budget">What its agent may take.</param>
    /// <param name="turn">The run.</param>
    /// <param name="sessionId">Its transcript.</param>
    public RunSpending Begin(BudgetConfig budget, Turn turn, string sessionId) =>
        Begin(budget, new UsageLine(0, turn.RunId, turn.Session.Value, sessionId) { Channel = AgentSteps.ChannelOf(turn) });

    /// <summary>Begins to count for work that is no run.</summary>
    /// <param name="budget">What its agent may take.</param>
    /// <param name="work">What its lines in the ledger have in common.</param>
    public RunSpending Begin(BudgetConfig budget, UsageLine work) =>
        new(ledger, model => providers.Describe(model).Price, budget, work, time);
}

/// <summary>What one run takes from its models, written down call by call, and whether it may take more. For one caller at a time.</summary>
internal sealed class RunSpending(UsageLedger ledger, Func<ModelRef, ModelPrice?> priceOf, BudgetConfig budget, UsageLine run, TimeProvider time)
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
    public void Check()
    {
        var agent = run.AgentId;
        var today = ledger.SpentToday(agent);
        CheckTokens(budget.RunTokens, _spent.Tokens, "runTokens", "this run");
        CheckCost(budget.RunCost, _spent.Cost, "runCost", "this run");
        CheckTokens(budget.DayTokens, today.Tokens, "dayTokens", $"agent {agent} today (UTC)");
        CheckCost(budget.DayCost, today.Cost, "dayCost", $"agent {agent} today (UTC)");
    }

    /// <summary>Notes the end; returns when everything is on disk, or the disk refuses it.</summary>
    public Task EndAsync(TurnStatus status)
    {
        var took = (long)time.GetElapsedTime(_beganAt).TotalMilliseconds;
        ledger.Add(run with { AtMs = NowMs(), End = new UsageEnd(took, status is not (TurnStatus.Done or TurnStatus.Aborted)) });
        return FlushAsync();
    }

    /// <summary>Returns when everything is on disk, or the disk refuses it.</summary>
    public Task FlushAsync() => ledger.FlushAsync();

    private static void CheckTokens(long? allowed, long taken, string key, string who)
    {
        if (taken >= allowed)
        {
            throw Over(key, string.Create(CultureInfo.InvariantCulture, $"{who} took {taken} tokens of {allowed}"));
        }
    }

    private static void CheckCost(double? allowed, decimal taken, string key, string who)
    {
        if (allowed is { } most && taken >= (decimal)most)
        {
            throw Over(key, string.Create(CultureInfo.InvariantCulture, $"{who} cost ${taken:0.######} of ${most:0.######}"));
        }
    }

    private static BudgetException Over(string key, string what) => new(
        $"The budget is used up: {what}. Wait, or raise {key} in agents.defaults.budget or in the budget of the agent.");

    private static UsageCost? CostOf(UsageCall call, ModelPrice? price) => price is null ? null : new UsageCost(
        call.Input * price.Input / Million, call.Output * price.Output / Million, call.CacheRead * price.CacheRead / Million);

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
