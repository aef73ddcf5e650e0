using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Config.Editing;
using Chela.Gateway.Config.References;
using Chela.Gateway.Hosting;
using static Chela.Gateway.Tests.Config.ConfigFixture;

namespace Chela.Gateway.Tests.Config.References;

[Trait("Requirement", "K1")]
[Trait("Requirement", "A8")]
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string> Variables = new() { ["NAME"] = "value", ["_N1"] = "${NAME}", ["BLANK"] = " ", ["TOKEN"] = "a-token-of-16-characters" };

    [Theory]
    [InlineData("${NAME}", "value")]
    [InlineData("a ${NAME} and ${NAME}${_N1}", "a value and value${NAME}")]
    [InlineData("$${NAME}", "${NAME}")]
    [InlineData("$$${NAME}", "$${NAME}")]
    [InlineData("$NAME ${name} ${1N} ${} ${NAME", "$NAME ${name} ${1N} ${} ${NAME")]
    public void A_name_is_replaced_once_and_an_escaped_one_stays(string text, string expected) =>
        Assert.Equal(expected, VariableText.Expand(text, Variables, []));

    [Theory]
    [InlineData("${NAME}", true)]
    [InlineData("$${NAME}", false)]
    [InlineData("x${NAME}", false)]
    [InlineData("${NAME}${NAME}", false)]
    public void Only_a_text_that_is_one_name_shows_no_part_of_a_value(string text, bool expected) => Assert.Equal(expected, VariableText.IsName(text));

    [Fact]
    public void A_variable_that_is_not_set_or_blank_is_a_mistake_at_its_place_and_the_only_one_there()
    {
        var problems = Refuse("{\n \"gateway\": { \"auth\": { \"token\": \"${BLANK}\" }, \"hosts\": [\"${NOPE} ${NOPE} ${NAME}\"] },\n \"sesion\": 1\n}", Variables).Split('\n');

        Assert.Equal(
            [
                "chela.json:2:34 gateway.auth.token: needs the variable BLANK, which is not set; set it in the environment or in .env beside the state",
                "chela.json:2:58 gateway.hosts[0]: needs the variable NOPE, which is not set; set it in the environment or in .env beside the state",
                "chela.json:3:2 sesion: unknown key (did you mean 'session'?)",
            ],
            problems);
    }

    [Fact]
    public void A_value_is_checked_as_if_the_file_said_it()
    {
        Assert.Equal("value", Load("""{"session":{"mainKey":"${NAME}"}}""", Variables).Config.Session.MainKey);
        Assert.Equal("chela.json:1:29 gateway.auth.token: is too short; a secret has at least 16 characters", Refuse("""{"gateway":{"auth":{"token":"${NAME}"}}}""", Variables));
    }

    [Fact]
    public void What_is_shown_is_what_the_file_says_and_a_text_that_may_hold_a_part_of_a_secret_is_not()
    {
        var snapshot = Load(
            """
            {"gateway":{"auth":{"token":"${TOKEN}"}},"session":{"mainKey":"x-${NAME}"},
             "mcp":{"servers":{"a":{"command":"run","args":["--key","${TOKEN}"],"env":{"A":"me:${TOKEN}","B":"${NAME}"}}}}}
            """,
            Variables);

        var shown = Redaction.Of(snapshot);

        Assert.DoesNotContain(Variables["TOKEN"], shown.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("${TOKEN}", shown.GetProperty("gateway").GetProperty("auth").GetProperty("token").GetString());
        Assert.Equal("x-${NAME}", shown.GetProperty("session").GetProperty("mainKey").GetString());
        Assert.Equal(
            """{"args":["--key","${TOKEN}"],"env":{"A":"__OPENCLAW_REDACTED__","B":"${NAME}"}}""",
            Pick(shown.GetProperty("mcp").GetProperty("servers").GetProperty("a"), "args", "env"));
    }

    [Fact]
    public void A_variable_of_the_environment_that_wins_is_not_shown_as_the_reference_of_the_file()
    {
        var snapshot = Load("""{"gateway":{"auth":{"token":"${TOKEN}"}}}""", new(Variables) { ["CHELA_GATEWAY__AUTH__TOKEN"] = "another-token-that-is-long" });

        Assert.Equal(Redaction.Placeholder, Redaction.Of(snapshot).GetProperty("gateway").GetProperty("auth").GetProperty("token").GetString());
    }

    [Fact]
    public void A_value_that_is_written_back_as_it_is_keeps_its_reference_and_another_does_not()
    {
        var references = Load("""{"session":{"mainKey":"${NAME}"},"gateway":{"hosts":["a.example","${NAME}"]}}""", Variables).References;

        Assert.Equal("""{"mainKey":"${NAME}"}""", references.Restored(new JsonObject { ["mainKey"] = "value" }, "/session")!.ToJsonString());
        Assert.Equal("other", references.Restored("other", "/session/mainKey")!.GetValue<string>());
        Assert.Equal("""["value","${NAME}"]""", ConfigEdit.Set(new JsonArray("value", "value"), "gateway", "hosts").Keeping(references).Value!.ToJsonString());
    }

    private static string Pick(JsonElement from, params string[] names) =>
        new JsonObject(names.Select(name => KeyValuePair.Create(name, JsonNode.Parse(from.GetProperty(name).GetRawText())))).ToJsonString();
}
