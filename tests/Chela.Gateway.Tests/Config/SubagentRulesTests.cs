using static Chela.Gateway.Tests.Config.ConfigFixture;

namespace Chela.Gateway.Tests.Config;

[Trait("Requirement", "K1")]
[Trait("Requirement", "G1")]
public sealed class SubagentRulesTests
{
    [Theory]
    [InlineData("""{"agents":{"defaults":{"subagents":{"allowAgents":["main","cook"]}}}}""", "agents.defaults.subagents.allowAgents[1]: there is no agent 'cook'; agents.list names those that there are, and * stands for all")]
    [InlineData("""{"agents":{"list":[{"id":"a","subagents":{"allowAgents":["b"]}}]}}""", "agents.list[0].subagents.allowAgents[0]: there is no agent 'b'; agents.list names those that there are, and * stands for all")]
    [InlineData("""{"agents":{"defaults":{"subagents":{"maxSpawnDepth":6}}}}""", "agents.defaults.subagents.maxSpawnDepth: must be <= 5")]
    public void A_mistake_is_named_by_its_place(string file, string problem) =>
        Assert.EndsWith(problem, Assert.Single(Refuse(file).Split('\n')), StringComparison.Ordinal);

    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "b", true)]
    [InlineData("a", "c", false)]
    [InlineData("b", "a", true)]
    [InlineData("b", "c", true)]
    [InlineData("c", "c", true)]
    [InlineData("c", "a", false)]
    public void An_agent_spawns_itself_and_those_that_it_may(string own, string other, bool may)
    {
        var agents = Load("""
            {"agents":{"defaults":{"subagents":{"allowAgents":["b"]}},
             "list":[{"id":"a"},{"id":"b","subagents":{"allowAgents":["*"]}},{"id":"c","subagents":{"allowAgents":[]}}]}}
            """).Config.Agents;

        Assert.Equal(may, agents.MaySpawn(own, other));
    }
}
