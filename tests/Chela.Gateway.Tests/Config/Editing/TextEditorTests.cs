using System.Text;
using System.Text.Json.Nodes;
using Chela.Contracts.Errors;
using Chela.Gateway.Config.Editing;

namespace Chela.Gateway.Tests.Config.Editing;

[Trait("Requirement", "K1")]
public sealed class TextEditorTests
{
    private const string File = """
        // What my gateway does.
        {
          "gateway": { "port": 8080, /* any */ "bind": "loopback" }, // here only
          "agents": {
            "list": [
              { "id": "main" }, // the first
              // { "id": "off" },
              {
                "id": "cook",
                "name": "Carla" // she cooks
              }
            ],
          },
        }

        """;

    [Theory]
    [InlineData("gateway/port", "9090", "\"port\": 8080,", "\"port\": 9090,")]
    [InlineData("agents/list/1/name", "\"Zoë \\\"Z\\\"\"", "\"Carla\"", "\"Zoë \\\"Z\\\"\"")]
    [InlineData("gateway/tickIntervalMs", "500", "\"loopback\" }", "\"loopback\", \"tickIntervalMs\": 500 }")]
    [InlineData("agents/list/1/model", "\"m\"", "\"Carla\" // she cooks\n", "\"Carla\", // she cooks\n        \"model\": \"m\"\n")]
    [InlineData("agents/defaults/maxSteps", "7", "    ],\n  },", "    ],\n    \"defaults\": {\n      \"maxSteps\": 7\n    },\n  },")]
    [InlineData("session", "{\"mainKey\":\"x\"}", "  },\n}", "  },\n  \"session\": {\n    \"mainKey\": \"x\"\n  },\n}")]
    [InlineData("agents/list/-", "{\"id\":\"maid\"}", "      }\n    ],", "      },\n      {\n        \"id\": \"maid\"\n      }\n    ],")]
    [InlineData("gateway/port", null, "{ \"port\": 8080, /* any */", "{ /* any */")]
    [InlineData("gateway/bind", null, "8080, /* any */ \"bind\": \"loopback\" }", "8080 /* any */ }")]
    [InlineData("agents/list/1/name", null, "\"cook\",\n        \"name\": \"Carla\" // she cooks", "\"cook\"\n        // she cooks")]
    [InlineData("agents/list/0", null, "      { \"id\": \"main\" }, // the first", "      // the first")]
    [InlineData("agents/list/1", null, "      {\n        \"id\": \"cook\",\n        \"name\": \"Carla\" // she cooks\n      }\n", "")]
    [InlineData("gateway", null, "  \"gateway\": { \"port\": 8080, /* any */ \"bind\": \"loopback\" }, // here only", "  // here only")]
    [InlineData("agents/nothing", null, "", "")]
    [InlineData("nothing/at/all", null, "", "")]
    public void One_value_changes_and_every_other_character_stays(string path, string? value, string before, string after)
    {
        var expected = before.Length == 0 ? File : File.Replace(before, after, StringComparison.Ordinal);
        if (path == "agents/list/1" && value is null)
        {
            expected = expected.Replace("\"main\" }, //", "\"main\" } //", StringComparison.Ordinal); // no comma behind the last
        }

        Assert.Equal(expected, Apply(File, path, value));
        Assert.Equal(expected.ReplaceLineEndings("\r\n"), Apply(File.ReplaceLineEndings("\r\n"), path, value));
        Assert.Equal("\uFEFF" + expected, Apply("\uFEFF" + File, path, value));
    }

    [Theory]
    [InlineData("", "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n")]
    [InlineData("// nothing yet", "// nothing yet\n{\n  \"a\": {\n    \"b\": 1\n  }\n}\n")]
    [InlineData("{}", "{\n  \"a\": {\n    \"b\": 1\n  }\n}")]
    [InlineData("{ }\n", "{\n  \"a\": {\n    \"b\": 1\n  }\n }\n")]
    [InlineData("{\n}\n", "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n")]
    [InlineData("{\n\t\"c\": 1\n}", "{\n\t\"c\": 1,\n\t\"a\": {\n\t\t\"b\": 1\n\t}\n}")]
    [InlineData("{\n    // c\n}", "{\n    // c\n  \"a\": {\n    \"b\": 1\n  }\n}")]
    [InlineData("{\"c\":1}", "{\"c\":1, \"a\": {\"b\":1}}")]
    [InlineData("{\"c\":1,}", "{\"c\":1, \"a\": {\"b\":1},}")]
    [InlineData("{\"c\":1 // ,\n}", "{\"c\":1, \"a\": {\"b\":1} // ,\n}")]
    [InlineData("{\"a\":{}}", "{\"a\":{\"b\": 1}}")]
    [InlineData("{\"a\":{\"b\":[1, 2]}}", "{\"a\":{\"b\":1}}")]
    [InlineData("{\"a\":\"in the way\"}", "{\"a\":{\"b\":1}}")]
    [InlineData("{\n  \"c\": [ /* , */ ], /*\n*/ }", "{\n  \"c\": [ /* , */ ],\n  \"a\": {\n    \"b\": 1\n  }, /*\n*/ }")]
    public void What_is_added_looks_like_what_is_there(string before, string after) => Assert.Equal(after, Apply(before, "a/b", "1"));

    [Fact]
    public void A_list_has_no_place_behind_its_end()
    {
        var settings = JsonNode.Parse("""{"a":[1]}""")!.AsObject();

        var refused = Assert.Throws<RpcException>(() => ConfigEdit.Set(1, "a", "2").ApplyTo(settings));

        Assert.Equal("a[2]: the list has 1 items, counted from 0", refused.Message);
        Assert.Equal("""{"a":[1,1]}""", ConfigEdit.Set(1, "a", "1").ApplyTo(settings).ToJsonString());
    }

    private static string Apply(string text, string path, string? value) =>
        Encoding.UTF8.GetString(TextEditor.Apply(Encoding.UTF8.GetBytes(text), new ConfigEdit(path.Split('/'), value is null ? null : JsonNode.Parse(value))));
}
