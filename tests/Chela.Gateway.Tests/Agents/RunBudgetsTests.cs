using Chela.Gateway.Agents;
using Chela.Gateway.Config;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Storage;
using Chela.Gateway.Tests.Support;
using Chela.Gateway.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Agents;

/// <summary>Budgets of runs that work for other runs.</summary>
[Trait("Requirement", "G1")]
public sealed class RunBudgetsTests : IAsyncDisposable
{
    private const string Root = "agent:main:main";
    private const string Middle = "agent:cook:subagent:1";
    private const string Leaf = "agent:maid:subagent:2";

    private readonly StorageTrial _trial = new();
    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData("maid", "runTokens", "this run took 10 tokens of 5.")]
    [InlineData("cook", "runTokens", "the task of agent cook that this run is for took 10 tokens of 5.")]
    [InlineData("main", "runTokens", "the task of agent main that this run is for took 11 tokens of 5.")]
    [InlineData("main", "runCost", "the task of agent main that this run is for cost $0.5 of $0.25.")]
    [InlineData("main", "dayTokens", "agent main today (UTC) took 13 tokens of 5.")]
    [InlineData("cook", "dayCost", "agent cook today (UTC) cost $0.5 of $0.25.")]
    [InlineData("other", "runTokens", null)]
    public void The_budget_of_each_that_a_run_works_for_ends_it(string limited, string key, string? why)
    {
        var ledger = new UsageLedger(
            _trial.Directory, new Journals(_trial.Committer, _trial.Options, NullLogger<Journals>.Instance), _clock, NullLogger<UsageLedger>.Instance);
        var run = Line("2", Leaf, 0) with { For = new UsageOrigin("asked", [Middle, Root]) };
        ledger.Add(Line("asked", Root, 1));
        ledger.Add(Line("before", Root, 2));
        ledger.Add(run with { Call = Call(10) with { Cost = new UsageCost(0.5m, 0, 0) } });
        var budgets = new RunBudgets(ledger, run, BudgetOf("maid"), BudgetOf);

        var problem = Record.Exception(() => budgets.Check(new Spent(10, 0.5m)));

        Assert.Equal(why is null, problem is null);
        Assert.StartsWith(why is null ? "" : $"The budget is used up: {why}", problem?.Message ?? "", StringComparison.Ordinal);

        BudgetConfig BudgetOf(string agent) => (agent == limited ? key : "") switch
        {
            "runTokens" => new BudgetConfig { RunTokens = 5 },
            "runCost" => new BudgetConfig { RunCost = 0.25 },
            "dayTokens" => new BudgetConfig { DayTokens = 5 },
            "dayCost" => new BudgetConfig { DayCost = 0.25 },
            _ => new BudgetConfig(),
        };
    }

    public async ValueTask DisposeAsync() => await _trial.DisposeAsync();

    private UsageLine Line(string run, string session, long tokens) => new(_clock.NowMs, run, session, "id") { Call = Call(tokens) };

    private static UsageCall Call(long tokens) => new("openai", "gpt-5-mini", tokens, 0, 0);
}
