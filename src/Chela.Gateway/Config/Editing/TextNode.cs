using System.Globalization;
using System.Text.Json;

namespace Chela.Gateway.Config.Editing;

/// <summary>A value as it stands in a text of JSON with comments.</summary>
/// <param name="Kind">What it begins with.</param>
/// <param name="Start">Where it begins, in bytes.</param>
/// <param name="End">Where it ends: the first byte after it.</param>
/// <param name="Children">What an object or a list holds, in order.</param>
internal sealed record TextNode(JsonTokenType Kind, int Start, int End, IReadOnlyList<TextChild> Children)
{
    /// <summary>True for an object or a list.</summary>
    public bool IsContainer => Kind is JsonTokenType.StartObject or JsonTokenType.StartArray;

    /// <summary>The place of a child; -1 where there is none of this name.</summary>
    public int IndexOf(string name)
    {
        for (var index = 0; index < Children.Count; index++)
        {
            if (Children[index].Name == name)
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>The value that a text holds; null for one of white space and comments.</summary>
    /// <exception cref="JsonException">It is none that the configuration is read from.</exception>
    public static TextNode? Read(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, ConfigText.ReaderOptions);
        return text.IndexOfAnyExcept(" \t\r\n"u8) >= 0 && ConfigText.Next(ref reader) ? Read(ref reader) : null;
    }

    private static TextNode Read(ref Utf8JsonReader reader)
    {
        var (kind, start) = (reader.TokenType, (int)reader.TokenStartIndex);
        var children = kind switch
        {
            JsonTokenType.StartObject => ReadObject(ref reader),
            JsonTokenType.StartArray => ReadList(ref reader),
            _ => [],
        };
        return new TextNode(kind, start, (int)reader.BytesConsumed, children);
    }

    private static List<TextChild> ReadObject(ref Utf8JsonReader reader)
    {
        var children = new List<TextChild>();
        while (ConfigText.Next(ref reader) && reader.TokenType != JsonTokenType.EndObject)
        {
            var (name, start) = (reader.GetString()!, (int)reader.TokenStartIndex);
            ConfigText.Next(ref reader);
            children.Add(new TextChild(name, start, Read(ref reader)));
        }

        return children;
    }

    private static List<TextChild> ReadList(ref Utf8JsonReader reader)
    {
        var children = new List<TextChild>();
        while (ConfigText.Next(ref reader) && reader.TokenType != JsonTokenType.EndArray)
        {
            var name = children.Count.ToString(CultureInfo.InvariantCulture);
            children.Add(new TextChild(name, (int)reader.TokenStartIndex, Read(ref reader)));
        }

        return children;
    }
}

/// <summary>A member of an object, or an item of a list.</summary>
/// <param name="Name">Its key, or its place in the list from 0.</param>
/// <param name="Start">Where it begins, with its key.</param>
internal sealed record TextChild(string Name, int Start, TextNode Value)
{
    /// <summary>Where it ends, without a comma.</summary>
    public int End => Value.End;
}
