using System.Text;
using System.Text.Json.Nodes;

namespace Chela.Chaos;

/// <summary>A content of the configuration file.</summary>
/// <param name="Kind">What the report counts it as.</param>
/// <param name="Text">What the file holds.</param>
/// <param name="Settings">What it says; null where the gateway has to refuse it.</param>
internal sealed record Edit(string Kind, byte[] Text, JsonObject? Settings)
{
    private const int MostRubbish = 500, MostInstructions = 3000, TooDeep = 5000;

    /// <summary>A content that was not there before: more than half are valid, the others are what accidents leave.</summary>
    /// <param name="random">Chooses.</param>
    /// <param name="number">The how many-eth edit it is.</param>
    /// <param name="common">What stands in every valid one.</param>
    public static Edit Random(Random random, int number, JsonObject common)
    {
        var settings = SettingsOf(random, number, common);
        var text = settings.ToJsonString();
        return random.Next(20) switch
        {
            < 9 => new Edit("valid", Encoding.UTF8.GetBytes(text), settings),
            < 12 => new Edit("valid, with comments", Encoding.UTF8.GetBytes($"// edit {number}\n{text[..^1]}, /* the end */ }}\n"), settings),
            < 14 => Refused("cut off", text[..random.Next(1, text.Length - 1)]),
            14 => new Edit("rubbish", Rubbish(random), null),
            15 => Refused("far too deep", string.Concat(Enumerable.Repeat("{\"agents\":", TooDeep))),
            16 => Refused("emptied", random.Next(2) == 0 ? "" : " \n"),
            17 => Refused("a value of the wrong type", text.Replace($":{Timeout(number)}", ":\"soon\"", StringComparison.Ordinal)),
            18 => Refused("an unknown key", text.Replace("\"timeoutSeconds\"", "\"timeoutSecond\"", StringComparison.Ordinal)),
            _ => Refused("not an object", "[null]"),
        };
    }

    /// <summary>How long a run may take; each edit has another number, and a run never takes as long.</summary>
    private static int Timeout(int number) => 10_000 + number;

    private static Edit Refused(string kind, string text) => new(kind, Encoding.UTF8.GetBytes(text), null);

    private static byte[] Rubbish(Random random)
    {
        var bytes = new byte[random.Next(1, MostRubbish)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Settings of many sections, all of which take effect without a restart and none of which concern the sessions of the trial.</summary>
    private static JsonObject SettingsOf(Random random, int number, JsonObject common)
    {
        var settings = common.DeepClone().AsObject();
        var agents = settings["agents"]!.AsObject();
        agents["defaults"]!["timeoutSeconds"] = Timeout(number);
        agents["list"] = new JsonArray(
            new JsonObject { ["id"] = "main" },
            new JsonObject { ["id"] = $"agent-{number % 7}", ["instructions"] = new string('x', random.Next(MostInstructions)) });
        settings["channels"]!["webhook"]![$"account-{number % 3}"] = new JsonObject { ["secret"] = $"a-secret-that-is-long-enough-{number}" };
        settings["models"] = new JsonObject { ["aliases"] = new JsonObject { [$"name-{number % 5}"] = "echo/echo" } };
        settings["gateway"]!["tickIntervalMs"] = 1000 + number;
        if (random.Next(2) == 0)
        {
            settings["gateway"]!["controlUi"] = new JsonObject { ["allowedOrigins"] = new JsonArray($"https://page-{number}.example") };
        }

        return settings;
    }
}
