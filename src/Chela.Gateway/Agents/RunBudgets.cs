using System.Globalization;
using Chela.Gateway.Config;
using Chela.Gateway.Usage;

namespace Chela.Gateway.Agents;

/// <summary>A run has taken what it may; the message is for the user.</summary>
internal sealed class BudgetException(string message) : Exception(message);

/// <summary>
/// What a run may take. What works for a task counts for whoever had it done, with each agent in between: none gets beyond its budget by having others do it.
/// </summary>
/// <param name="ledger">What was taken.</param>
/// <param name="run">The run.</param>
/// <param name="own">What its agent may take.</param>
/// <param name="budgetOf">What other agents may take.</param>
internal sealed class RunBudgets(UsageLedger ledger, UsageLine run, BudgetConfig own, Func<string, BudgetConfig> budgetOf)
{
    private readonly List<(string Session, string AgentId, BudgetConfig Budget)> _above =
    [
        .. run.Sessions.Skip(1).Select(UsageLine.AgentOf).Zip(run.Sessions.Skip(1), (agent, session) => (session, agent, budgetOf(agent))),
    ];

    /// <summary>Refuses a further call of the model once a budget is used up.</summary>
    /// <param name="spent">What the run itself took.</param>
    /// <exception cref="BudgetException">It is; the message names it.</exception>
    public void Check(Spent spent)
    {
        var whole = ledger.SpentFor(run.Cause, run.Session);
        Check(own, whole, whole == spent ? "this run" : "this run, with its sub-agents,", run.AgentId);
        foreach (var (session, agent, budget) in _above)
        {
            Check(budget, ledger.SpentFor(run.Cause, session), $"the task of agent {agent} that this run is for", agent);
        }
    }

    private void Check(BudgetConfig budget, Spent task, string whose, string agent)
    {
        var today = ledger.SpentToday(agent);
        CheckTokens(budget.RunTokens, task.Tokens, "runTokens", whose);
        CheckCost(budget.RunCost, task.Cost, "runCost", whose);
        CheckTokens(budget.DayTokens, today.Tokens, "dayTokens", $"agent {agent} today (UTC)");
        CheckCost(budget.DayCost, today.Cost, "dayCost", $"agent {agent} today (UTC)");
    }

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
}
