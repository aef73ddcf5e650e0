using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Chela.Gateway.Tests.Config.Editing;

/// <summary>Random settings as a person may write them: comments anywhere, any white space, commas behind the last.</summary>
internal sealed class RandomSettings
{
    private readonly Random _random;
    private readonly List<byte> _text = [];
    private int _comments;

    public RandomSettings(int seed)
    {
        _random = new Random(seed);
        Gap();
        Settings = JsonNode.Parse(WriteObject([], 0).ToJsonString())!.AsObject();
        Gap();
    }

    public byte[] Text => [.. _text];

    /// <summary>What the text says.</summary>
    public JsonObject Settings { get; }

    /// <summary>Where each value begins and ends, in bytes.</summary>
    public List<(string[] Path, int Start, int End)> Values { get; } = [];

    /// <summary>The objects and lists, and how much each holds.</summary>
    public List<(string[] Path, int Count, bool IsList)> Containers { get; } = [];

    /// <summary>Where each comment is, and what it says.</summary>
    public List<(int Start, string Text)> Comments { get; } = [];

    public JsonNode NewValue() => _random.Next(3) switch
    {
        0 => new JsonObject { ["new"] = "värde // no comment", ["list"] = new JsonArray(1, 2) },
        1 => new JsonArray("x, y", true),
        _ => _random.Next(1_000_000),
    };

    private JsonNode WriteValue(string[] path, int depth)
    {
        var kind = depth > 4 ? 4 : _random.Next(5);
        var start = _text.Count;
        JsonNode value = kind switch
        {
            0 or 1 => WriteObject(path, depth),
            2 => WriteList(path, depth),
            3 => Scalar("\"te\\\"xt, /* no */ // comment é\"", "te\"xt, /* no */ // comment é"),
            _ => Scalar("-12.5", -12.5m),
        };
        Values.Add((path, start, _text.Count));
        return value;
    }

    private JsonValue Scalar<T>(string text, T value)
    {
        Write(text);
        return JsonValue.Create(value)!;
    }

    private JsonObject WriteObject(string[] path, int depth)
    {
        var result = new JsonObject();
        WriteChildren("{}", path, false, index =>
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"k{index}");
            Write($"\"{name}\" :"); // the reader takes no comment before the colon
            Gap();
            result[name] = WriteValue([.. path, name], depth + 1);
        });
        return result;
    }

    private JsonArray WriteList(string[] path, int depth)
    {
        var result = new JsonArray();
        WriteChildren("[]", path, true, index => result.Add(WriteValue([.. path, index.ToString(CultureInfo.InvariantCulture)], depth + 1)));
        return result;
    }

    private void WriteChildren(string brackets, string[] path, bool isList, Action<int> write)
    {
        var count = _random.Next(4);
        Write(brackets[..1]);
        Gap();
        for (var index = 0; index < count; index++)
        {
            write(index);
            Gap();
            if (index < count - 1 || _random.Next(2) == 0)
            {
                Write(",");
                Gap();
            }
        }

        Write(brackets[1..]);
        Containers.Add((path, count, isList));
    }

    private void Gap()
    {
        for (var parts = _random.Next(4); parts > 0; parts--)
        {
            var kind = _random.Next(8);
            if (kind < 2)
            {
                var number = ++_comments;
                var text = kind == 0 ? $"// {number}, \"{{" : _random.Next(2) == 0 ? $"/* {number}, \"]*/" : $"/* {number}\n, */";
                Comments.Add((_text.Count, text));
                Write(kind == 0 ? text + "\n" : text);
            }
            else
            {
                Write(kind switch { 2 => "\n", 3 => "\r\n", 4 => "\n\t", 5 => "\n  ", 6 => "  ", _ => " " });
            }
        }
    }

    private void Write(string text) => _text.AddRange(Encoding.UTF8.GetBytes(text));
}
