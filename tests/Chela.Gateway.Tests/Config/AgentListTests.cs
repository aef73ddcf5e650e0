using Chela.Gateway.Config;
using static Chela.Gateway.Tests.Config.ConfigFixture;

namespace Chela.Gateway.Tests.Config;

[Trait("Requirement", "B3")]
[Trait("Requirement", "K1")]
public sealed class AgentListTests
{
    [Theory]
    [InlineData("""[{"id":"Main"}]""", "agents.list[0].id: must be 1 to 64 of a-z, 0-9, - and _, the first a letter or digit")]
    [InlineData("""[{"id":""}]""", "agents.list[0].id: must be 1 to 64 of a-z, 0-9, - and _, the first a letter or digit")]
    [InlineData("""[{"id":"a\n"}]""", "agents.list[0].id: must be 1 to 64 of a-z, 0-9, - and _, the first a letter or digit")]
    [InlineData("""[{"id":"a"},{"id":"b"},{"id":"a"}]""", "agents.list[2].id: is the id of agents.list[0] too; each agent needs one of its own")]
    [InlineData("""[{"id":"a","default":true},{"id":"b","default":true}]""", "agents.list[1].default: agents.list[0] is marked as the default too; leave one mark")]
    [InlineData("""[{"name":"A"}]""", "agents.list[0].id: must have required property 'id'")]
    [InlineData("""[{"id":"a","contextTokens":5}]""", "agents.list[0].contextTokens: must be >= 1000")]
    [InlineData("""[{"id":"a","modell":"x"}]""", "agents.list[0].modell: unknown key (did you mean 'model'?)")]
    public void A_mistake_in_the_list_is_named_by_its_place(string list, string problem) =>
        Assert.EndsWith(problem, Assert.Single(Refuse($"{{\"agents\":{{\"list\":{list}}}}}").Split('\n')), StringComparison.Ordinal);

    [Fact]
    public void More_agents_than_the_most_are_refused()
    {
        var list = string.Join(',', Enumerable.Range(0, 201).Select(n => $$"""{"id":"a{{n}}"}"""));

        Assert.Contains("agents.list: must NOT have more than 200 items", Refuse($"{{\"agents\":{{\"list\":[{list}]}}}}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "main", "main", "sole")]
    [InlineData("""[{"id":"a"}]""", "a", "a", "sole")]
    [InlineData("""[{"id":"a"},{"id":"b"}]""", "a b", "a", "legacy")]
    [InlineData("""[{"id":"a"},{"id":"b","default":true}]""", "a b", "b", "legacy")]
    public void The_default_agent_is_the_one_that_is_marked_else_the_first_else_main(string list, string ids, string defaultId, string ownership)
    {
        var agents = Agents($"{{\"list\":{list}}}");

        Assert.Equal((ids, defaultId, ownership), (string.Join(' ', agents.Ids), agents.DefaultId, agents.Ownership));
        Assert.Equal(ids.Contains("main", StringComparison.Ordinal), agents.Has("main"));
    }

    [Fact]
    public void What_an_agent_says_itself_wins_over_the_defaults()
    {
        var agents = Agents("""
            {
              "defaults": { "model": "m", "instructions": "all", "contextTokens": 2000, "timeoutSeconds": 5, "modelFallbacks": ["x/y"] },
              "list": [{ "id": "a", "name": "Anna", "model": "n", "instructions": "one", "contextTokens": 3000, "timeoutSeconds": 6 }, { "id": "b" }]
            }
            """);
        var defaults = new AgentInForce("b") { Model = "m", Instructions = "all", ContextTokens = 2000, TimeoutSeconds = 5 };

        // Lists are equal only to themselves.
        AgentInForce Of(string id) => agents.Of(id) with { ModelFallbacks = defaults.ModelFallbacks };
        Assert.Equal(new AgentInForce("a") { Name = "Anna", Model = "n", Instructions = "one", ContextTokens = 3000, TimeoutSeconds = 6 }, Of("a"));
        Assert.Equal(defaults, Of("b"));
        Assert.Equal(defaults with { Id = "gone" }, Of("gone"));
        Assert.Empty(agents.Of("a").ModelFallbacks); // they were chosen for another model
        Assert.Equal(["x/y"], agents.Of("b").ModelFallbacks);
    }

    [Fact]
    public void A_list_in_the_environment_is_named_by_its_variable()
    {
        var problem = Refuse(environment: new() { ["CHELA_AGENTS__LIST"] = """[{"id":"a"},{"id":"a"}]""" });

        Assert.StartsWith("CHELA_AGENTS__LIST agents.list[1].id: is the id of", problem, StringComparison.Ordinal);
    }

    private static AgentsConfig Agents(string agents) => Load($"{{\"agents\":{agents}}}").Config.Agents;
}
