using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Config;

/// <summary>
/// Reads the file: JSON with comments and trailing commas. Keeps the place of every key and value, so that a problem found
/// later can say where it is. One reader for one file.
/// </summary>
/// <param name="above">The pointer of the settings that the file holds; empty where it holds all.</param>
internal sealed class ConfigText(string name, ReadOnlyMemory<byte> bytes, string above = "")
{
    /// <summary>The largest file that is read.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>What the file may hold besides plain JSON. Allow, not Skip: with Skip a file of comments alone is an error.</summary>
    public static readonly JsonReaderOptions ReaderOptions = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Allow,
        MaxDepth = JsonShape.MaxDepth,
    };

    private readonly SourceText _text = new(name, bytes);
    private readonly Dictionary<string, (long Key, long Value)> _places = new(StringComparer.Ordinal);
    private readonly List<ConfigProblem> _problems = [];

    /// <summary>The settings of the file; none where it is unreadable, which the problems then say.</summary>
    public LayerValues Read(List<ConfigProblem> problems)
    {
        var values = ReadRoot();
        problems.AddRange(_problems);
        return new LayerValues(ConfigLayer.File, values, Place);
    }

    private JsonObject ReadRoot()
    {
        if (bytes.Length > MaxBytes)
        {
            Add(0, "", $"the file is larger than {MaxBytes} bytes");
            return [];
        }

        if (_text.FirstInvalidByte() is >= 0 and var invalid)
        {
            Add(invalid, "", "the file is not valid UTF-8");
            return [];
        }

        var reader = new Utf8JsonReader(_text.Bytes, ReaderOptions);
        try
        {
            return ReadDocument(ref reader);
        }
        catch (JsonException e)
        {
            Add(_text.OffsetOf(e.LineNumber ?? 0, e.BytePositionInLine ?? 0), "", Sentence(e.Message));
            return [];
        }
    }

    private JsonObject ReadDocument(ref Utf8JsonReader reader)
    {
        // A new file is empty: it sets nothing.
        if (_text.Bytes.IndexOfAnyExcept(" \t\r\n"u8) < 0 || !Next(ref reader))
        {
            return [];
        }

        var start = reader.TokenStartIndex;
        var root = ReadValue(ref reader, above);
        while (reader.Read())
        {
            // To the end: throws where anything but comments follows.
        }

        if (root is JsonObject settings)
        {
            return settings;
        }

        Add(start, "", "the file must hold one object: { … }");
        return [];
    }

    private JsonNode? ReadValue(ref Utf8JsonReader reader, string pointer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, pointer);
            case JsonTokenType.StartArray:
                return ReadArray(ref reader, pointer);
            case JsonTokenType.String when !JsonText.IsReadable(ref reader):
                Add(reader.TokenStartIndex, pointer, "holds half a surrogate pair, which is no text");
                return "";
            case JsonTokenType.Null:
                return null;
            default:
                return JsonNode.Parse(reader.TokenType == JsonTokenType.String ? QuotedSpan(ref reader) : reader.ValueSpan);
        }
    }

    private ReadOnlySpan<byte> QuotedSpan(ref Utf8JsonReader reader) =>
        _text.Bytes.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2);

    private JsonObject ReadObject(ref Utf8JsonReader reader, string pointer)
    {
        var result = new JsonObject();
        while (Next(ref reader) && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.TokenStartIndex;
            var readable = JsonText.IsReadable(ref reader);
            var property = readable ? reader.GetString()! : "\uFFFD";
            var child = $"{pointer}/{ShapeProblem.Escape(property)}";
            Next(ref reader);
            var position = reader.TokenStartIndex;
            var value = ReadValue(ref reader, child);
            if (!result.TryAdd(property, value))
            {
                Add(key, child, $"is given twice; first at {Place(child, ofKey: true)}");
                continue;
            }

            _places[child] = (key, position);
        }

        return result;
    }

    private JsonArray ReadArray(ref Utf8JsonReader reader, string pointer)
    {
        var result = new JsonArray();
        while (Next(ref reader) && reader.TokenType != JsonTokenType.EndArray)
        {
            var child = string.Create(CultureInfo.InvariantCulture, $"{pointer}/{result.Count}");
            _places[child] = (reader.TokenStartIndex, reader.TokenStartIndex);
            result.Add(ReadValue(ref reader, child));
        }

        return result;
    }

    /// <summary>Goes to the next token that is no comment; false at the end.</summary>
    public static bool Next(ref Utf8JsonReader reader)
    {
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.Comment)
            {
                return true;
            }
        }

        return false;
    }

    private string Place(string pointer, bool ofKey)
    {
        var (key, value) = _places.GetValueOrDefault(pointer);
        return _text.Place(ofKey ? key : value);
    }

    private void Add(long offset, string pointer, string message) =>
        _problems.Add(new ConfigProblem(ConfigLayer.File, _text.Place(offset), ConfigPointer.ToDotted(pointer), message));

    // The reader appends its own, zero-based place.
    private static string Sentence(string message)
    {
        var place = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (place < 0 ? message : message[..place]).TrimEnd('.');
    }
}
