using System.Text;
using System.Text.Json;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Tests.Schema;

/// <summary>The check and the serializer agree: what one lets through, the other reads.</summary>
[Trait("Requirement", "A5")]
public sealed class ShapeAgreementTests
{
    private const int CasesPerSeed = 2_000;

    private static readonly string[] Leaves =
    [
        "null", "true", "0", "-0", "1", "5", "-1", "300", "1.0", "1e2", "2147483648", "-9223372036854775809", "1e999", "0.75",
        "\"\"", "\"a\"", "\"ann\"", "\"Low\"", "\"low\"", "\"node\"", "\"req\"", "\"2026-11-21\"", "\"2026-13-01T00:00:00Z\"",
        "\"AAEC\"", "\"\\ud83d\\ude00\"", "\"\\ud800\"", "{}", "[]", "[\"a\"]", "[null]", "{\"id\":\"x\"}", "{\"value\":1}",
        "{\"value\":1,\"value\":2}", "{\"\\ud800\":1}",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20)]
    [InlineData(1789)]
    [InlineData(65537)]
    public void What_the_serializer_refuses_is_reported_and_what_passes_deserialises(int seed)
    {
        var random = new Random(seed);
        var shape = new JsonShape(SampleJson.Default.Sample);
        int passed = 0, refused = 0;
        for (var i = 0; i < CasesPerSeed; i++)
        {
            var json = Mutate(random);
            var problems = shape.Check(Encoding.UTF8.GetBytes(json));
            var reads = Deserialises(json);

            Assert.True(reads || problems.Count > 0, $"seed {seed}: passes but does not deserialise: {json}");
            _ = problems.Count == 0 ? passed++ : refused++;
        }

        Assert.True(passed > CasesPerSeed / 50 && refused > CasesPerSeed / 2, $"{passed} passed, {refused} refused");
    }

    private static bool Deserialises(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, SampleJson.Default.Sample) is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Mutate(Random random)
    {
        var parts = new List<(string Name, string Value)>
        {
            ("name", "\"ann\""), ("limit", "5"), ("client", "{\"id\":\"x\",\"label\":\"y\"}"), ("deep", "true"), ("ratio", "0.5"),
            ("level", "\"Low\""), ("since", "1"), ("role", "\"node\""), ("type", "\"req\""), ("word", "\"abc\""),
            ("tags", "[\"a\"]"), ("counts", "{\"a\":1}"), ("extra", "{\"b\":[]}"), ("at", "\"2026-11-21T10:00:00Z\""),
            ("data", "\"AAEC\""), ("a/b~c", "1.5"), ("tree", "{\"value\":1,\"left\":{\"value\":2},\"more\":[{\"value\":3}]}"),
        };
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(parts.Count);
            var name = parts[at].Name;
            switch (random.Next(6))
            {
                case 0: parts.RemoveAt(at); break;
                case 1: parts.Add(parts[at]); break;
                case 2: parts[at] = (name + "x", parts[at].Value); break;
                case 3: parts[at] = (name, Inside(parts[at].Value, random)); break;
                default: parts[at] = (name, Leaves[random.Next(Leaves.Length)]); break;
            }
        }

        var json = $"{{{string.Join(',', parts.Select(p => $"\"{p.Name}\":{p.Value}"))}}}";
        return random.Next(40) == 0 ? json[..random.Next(json.Length)] : json;
    }

    // Replaces what follows one colon or bracket inside a container, as text: a node tree could not hold the broken ones.
    private static string Inside(string value, Random random)
    {
        var starts = Enumerable.Range(0, value.Length).Where(i => value[i] is ':' or '[').ToArray();
        if (starts.Length == 0)
        {
            return Leaves[random.Next(Leaves.Length)];
        }

        var start = starts[random.Next(starts.Length)] + 1;
        var end = value.IndexOfAny([',', ']', '}'], start);
        return end < 0 ? value : string.Concat(value.AsSpan(0, start), Leaves[random.Next(Leaves.Length)], value.AsSpan(end));
    }
}
