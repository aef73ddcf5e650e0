using System.Text.Json;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Tests.Config;

namespace Chela.Gateway.Tests.Agents.Tools;

[Trait("Requirement", "G3")]
public sealed class ToolPolicyTests
{
    [Theory]
    [InlineData("{}", "fs.read", "Allow")]
    [InlineData("{}", "http.fetch", "Allow")]
    [InlineData("{}", "exec", "Deny")] // high risk: off until it is named
    [InlineData("""{ "allow": ["*"] }""", "exec", "Deny")]
    [InlineData("""{ "allow": ["*", "exec"] }""", "exec", "Allow")]
    [InlineData("""{ "ask": ["exec"] }""", "exec", "Ask")]
    [InlineData("""{ "allow": ["fs.*"] }""", "fs.read", "Allow")]
    [InlineData("""{ "allow": ["fs.*"] }""", "http.fetch", "Deny")]
    [InlineData("""{ "allow": [] }""", "fs.read", "Deny")]
    [InlineData("""{ "ask": ["fs.*"] }""", "fs.read", "Ask")]
    [InlineData("""{ "ask": ["fs.*"], "deny": ["fs.read"] }""", "fs.read", "Deny")]
    [InlineData("""{ "deny": ["*"], "allow": ["fs.read"] }""", "fs.read", "Deny")]
    [InlineData("""{ "deny": ["fs"] }""", "fs.read", "Allow")] // a name, not a group
    [InlineData("""{ "deny": ["fs.rea"] }""", "fs.read", "Allow")]
    public void What_holds_everywhere(string tools, string tool, string expected) =>
        Assert.Equal(expected, Permission($$"""{ "tools": {{tools}} }""", tool));

    [Theory]
    [InlineData("""{ "deny": ["fs.read"] }""", "{}", "Deny")]
    [InlineData("{}", """{ "deny": ["fs.read"] }""", "Deny")]
    [InlineData("""{ "ask": ["fs.read"] }""", """{ "allow": ["fs.read"] }""", "Ask")]
    [InlineData("""{ "allow": ["fs.read"] }""", """{ "ask": ["fs.read"] }""", "Ask")]
    [InlineData("""{ "allow": ["http.*"] }""", """{ "allow": ["fs.*"] }""", "Deny")]
    public void The_most_restrictive_of_agent_and_channel_wins(string agent, string channel, string expected) => Assert.Equal(expected, Permission(
        $$"""{ "agents": { "list": [ { "id": "main", "tools": {{agent}} } ] }, "tools": { "byChannel": { "webhook": {{channel}} } } }""", "fs.read"));

    [Theory]
    [InlineData("""{ "allow": ["exec"] }""", "{}", "Allow")]
    [InlineData("{}", """{ "allow": ["exec"] }""", "Deny")] // a channel cannot switch on what the operator has not
    public void A_risky_tool_is_switched_on_for_one_agent(string agent, string channel, string expected) => Assert.Equal(expected, Permission(
        $$"""{ "agents": { "list": [ { "id": "main", "tools": {{agent}} } ] }, "tools": { "byChannel": { "webhook": {{channel}} } } }""", "exec"));

    [Theory]
    [InlineData("fs.read", true)]
    [InlineData("exec", true)]
    [InlineData("lab-1.do_it.now", true)]
    [InlineData("", false)]
    [InlineData(".read", false)]
    [InlineData("a..b", false)]
    [InlineData("a b", false)]
    [InlineData("größe", false)]
    [InlineData("read\n", false)]
    public void Names_are_what_models_can_be_told(string name, bool can) => Assert.Equal(can, ToolCatalog.IsName(name));

    [Fact]
    public void Two_tools_that_models_could_not_tell_apart_are_refused()
    {
        Assert.Throws<InvalidOperationException>(() => new ToolCatalog([new NamedTool("a.b"), new NamedTool("a_b")], []));
        Assert.Throws<InvalidOperationException>(() => new ToolCatalog([new NamedTool("a b")], []));
    }

    [Fact]
    public void A_source_cannot_take_the_place_of_a_tool_that_is_there()
    {
        var own = new NamedTool("fs.read");
        var catalog = new ToolCatalog([own], [new Source(new NamedTool("fs_read"), new NamedTool("lab.look"), new NamedTool("no name"))]);

        Assert.Equal(["fs_read", "lab_look"], catalog.Now().Keys.Order());
        Assert.Same(own, catalog.Now()["fs_read"]);
    }

    private static string Permission(string config, string tool) => ToolPolicy.Of(
        new NamedTool(tool).Description with { Risk = tool == "exec" ? ToolRisk.High : ToolRisk.Low }, ConfigFixture.Load(config).Config, "main", "webhook").ToString();

    private sealed class Source(params ITool[] tools) : IToolSource
    {
        public IReadOnlyList<ITool> Tools => tools;
    }

    private sealed class NamedTool(string name) : ITool
    {
        public ToolDescription Description { get; } = new(name, "Does it.", JsonElement.Parse("{}"));

        public Task<ToolResult> RunAsync(JsonElement arguments, ToolContext context, CancellationToken ct) => Task.FromResult(new ToolResult("done"));
    }
}
