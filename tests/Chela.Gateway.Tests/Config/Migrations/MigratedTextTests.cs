using System.Text;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Migrations;

namespace Chela.Gateway.Tests.Config.Migrations;

[Trait("Requirement", "K2")]
public sealed class MigratedTextTests
{
    [Theory]
    [InlineData("""{"gateway":{"token":"t"}}""", """{"gateway":{"auth":{"token":"t"}},"meta":{"version":3}}""", "gateway.token is now gateway.auth.token")]
    [InlineData(
        """{"gateway":{"token":"t","auth":{"token":"u"}}}""", """{"gateway":{"auth":{"token":"u"}},"meta":{"version":3}}""",
        "gateway.token was taken out: gateway.auth.token is set too")]
    [InlineData("""{"routing":{"bindings":[1]}}""", """{"bindings":[1],"meta":{"version":3}}""", "routing.bindings is now bindings")]
    [InlineData("""{"routing":{"queue":{"cap":3}}}""", """{"messages":{"queue":{"cap":3}},"meta":{"version":3}}""", "routing.queue is now messages.queue")]
    [InlineData(
        """{"routing":{"agents":{"a":{"name":"A"},"b":{}},"defaultAgentId":"b"}}""",
        """{"agents":{"list":[{"id":"a","name":"A"},{"id":"b","default":true}]},"meta":{"version":3}}""",
        "routing.agents is now agents.list", "routing.defaultAgentId is now the mark 'default' of that agent in agents.list")]
    [InlineData(
        """{"agent":{"model":"m","modelFallbacks":["n"]},"agents":{"defaults":{"model":"o"}}}""",
        """{"agents":{"defaults":{"model":"o","modelFallbacks":["n"]}},"meta":{"version":3}}""",
        "agent.model was taken out: agents.defaults.model is set too", "agent.modelFallbacks is now agents.defaults.modelFallbacks")]
    [InlineData(
        """{"gateway":{"reload":{"mode":"hot","debounceMs":1}}}""", """{"gateway":{"reload":{"mode":"hot"}},"meta":{"version":3}}""",
        "gateway.reload.debounceMs was taken out: the file is read once it has been quiet for 300 ms")]
    [InlineData(
        """{"messages":{"queue":{"mode":"steer-backlog","byChannel":{"x":"queue","y":"collect"}}}}""",
        """{"messages":{"queue":{"mode":"steer","byChannel":{"x":"steer","y":"collect"}}},"meta":{"version":3}}""",
        "messages.queue.mode: 'steer-backlog' is now 'steer'", "messages.queue.byChannel.x: 'queue' is now 'steer'")]
    [InlineData(
        """{"session":{"resetByType":{"dm":{"mode":"idle"}}}}""", """{"session":{"resetByType":{"direct":{"mode":"idle"}}},"meta":{"version":3}}""",
        "session.resetByType.dm is now session.resetByType.direct")]
    [InlineData(
        """{"bindings":[{"agentId":"a","match":{"channel":"x","peer":{"kind":"dm","id":"1"}}}]}""",
        """{"bindings":[{"agentId":"a","match":{"channel":"x","peer":{"kind":"direct","id":"1"}}}],"meta":{"version":3}}""",
        "bindings[0].match.peer.kind: 'dm' is now 'direct'")]
    public void Older_forms_become_the_present_one_and_each_change_is_told(string text, string expected, params string[] notes)
    {
        var migrated = Of(text);

        Assert.Equal(expected, Compact(migrated.Text!));
        Assert.Equal(notes, migrated.Notes);
        Assert.Empty(Of(Encoding.UTF8.GetString(migrated.Text!)).Notes);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("""{ "session": { "mainKey": "x" } } // mine""")]
    [InlineData("""{ "meta": { "version": 3 }, "gateway": { "token": "of-the-present-form" } }""")]
    [InlineData("""{ "gateway": { "token": 1, """)]
    [InlineData("""{ "routing": 1, "agent": "x", "gateway": [], "bindings": [ 1, { "match": 2 } ], "messages": { "queue": "x" } }""")]
    public void What_is_of_the_present_form_or_of_none_is_left_as_it_is(string text)
    {
        var migrated = Of(text);

        Assert.Empty(migrated.Notes);
        Assert.Equal(text, Encoding.UTF8.GetString(migrated.Text!));
    }

    [Fact]
    public void Comments_and_layout_stay()
    {
        var migrated = Of(
            """
            {
              // The port of the house.
              "gateway": {
                "port": 1, /* one */
                "token": "t"
              },
            }
            """);

        Assert.Equal(
            """
            {
              // The port of the house.
              "gateway": {
                "port": 1, /* one */
                "auth": {
                  "token": "t"
                }
              },
              "meta": {
                "version": 3
              },
            }
            """,
            Encoding.UTF8.GetString(migrated.Text!));
    }

    [Fact]
    public void A_newer_form_is_refused_with_its_place()
    {
        var refused = Assert.Throws<ConfigException>(() => Of("""{ "meta": { "version": 99 } }"""));

        Assert.StartsWith("chela.json:1:24 meta.version: was written by a newer Chela: it has the form 99, and this one knows forms up to 3;", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_there_is_no_file_there_is_nothing_to_do() => Assert.Null(MigratedText.Of("chela.json", null).Text);

    private static MigratedText Of(string text) => MigratedText.Of("chela.json", Encoding.UTF8.GetBytes(text));

    private static string Compact(byte[] text) => System.Text.Json.Nodes.JsonNode.Parse(text)!.ToJsonString();
}
