using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>Reads JSON5, in which OpenClaw's configuration may be written: names without quotes, texts in single quotes, comments, commas at the end.</summary>
internal sealed class Json5Text
{
    private const int MaxDepth = 64;

    private readonly string _text;
    private int _at;

    private Json5Text(string text) => _text = text;

    /// <summary>The value of a text.</summary>
    /// <exception cref="FormatException">It is none; the message says where.</exception>
    public static JsonNode? Parse(string text)
    {
        var reader = new Json5Text(text.TrimStart('\uFEFF'));
        var value = reader.Value(0);
        reader.SkipBlanks();
        return reader._at == reader._text.Length ? value : throw reader.Wrong("something follows the value");
    }

    private JsonNode? Value(int depth)
    {
        SkipBlanks();
        return Peek() switch
        {
            _ when depth > MaxDepth => throw Wrong($"more than {MaxDepth} levels"),
            '{' => Object(depth),
            '[' => List(depth),
            '"' or '\'' => Text(),
            _ => Word(),
        };
    }

    private JsonObject Object(int depth)
    {
        var result = new JsonObject();
        for (_at++; !Takes('}'); Separate('}'))
        {
            var name = Peek() is '"' or '\'' ? Text() : Name();
            if (!Takes(':'))
            {
                throw Wrong("a colon is missing");
            }

            result[name] = Value(depth + 1); // of two with the same name the last one counts, as in JavaScript
        }

        return result;
    }

    private JsonArray List(int depth)
    {
        var result = new JsonArray();
        for (_at++; !Takes(']'); Separate(']'))
        {
            result.Add(Value(depth + 1));
        }

        return result;
    }

    /// <summary>A comma, or the end, which is left.</summary>
    private void Separate(char end)
    {
        SkipBlanks();
        if (Peek() != end && !Takes(','))
        {
            throw Wrong("a comma is missing");
        }
    }

    private bool Takes(char wanted)
    {
        SkipBlanks();
        if (Peek() != wanted)
        {
            return false;
        }

        _at++;
        return true;
    }

    private string Name()
    {
        var start = _at;
        while (Peek() is var c && (char.IsLetterOrDigit(c) || c is '_' or '$'))
        {
            _at++;
        }

        return _at > start ? _text[start.._at] : throw Wrong("a name is missing");
    }

    private JsonNode? Word()
    {
        var start = _at;
        while (Peek() is var c && (char.IsLetterOrDigit(c) || c is '.' or '+' or '-'))
        {
            _at++;
        }

        return _text[start.._at] switch
        {
            "null" => null,
            "true" => true,
            "false" => false,
            var number => Number(number) ?? throw Wrong("a value is missing"),
        };
    }

    private static JsonNode? Number(string text)
    {
        var (sign, digits) = text.StartsWith('-') ? (-1, text[1..]) : (1, text.TrimStart('+'));
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return long.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hexadecimal) ? sign * hexadecimal : null;
        }

        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
        {
            return sign * whole;
        }

        const NumberStyles Styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(digits, Styles, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? sign * real : null;
    }

    private string Text()
    {
        var quote = Peek();
        var result = new StringBuilder();
        for (_at++; Peek() != quote; _at++)
        {
            switch (Peek())
            {
                case '\0' or '\n' or '\r':
                    throw Wrong("a text does not end");
                case '\\':
                    _at++;
                    Escape(result);
                    break;
                case var c:
                    result.Append(c);
                    break;
            }
        }

        _at++;
        return result.ToString();
    }

    private void Escape(StringBuilder result)
    {
        switch (Peek())
        {
            case '\r' when _at + 1 < _text.Length && _text[_at + 1] == '\n':
                _at++; // a line that goes on
                break;
            case '\n' or '\r' or '\u2028' or '\u2029':
                break;
            case 'u':
                result.Append(Code(4));
                break;
            case 'x':
                result.Append(Code(2));
                break;
            case var c:
                result.Append(c switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', 'v' => '\v', '0' => '\0', _ => c });
                break;
        }
    }

    private char Code(int length)
    {
        var digits = _at + 1 + length <= _text.Length ? _text.AsSpan(_at + 1, length) : [];
        _at += length;
        return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) ? (char)code : throw Wrong("an escape has no number");
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length)
        {
            if (char.IsWhiteSpace(_text[_at]))
            {
                _at++;
            }
            else if (_text.AsSpan(_at).StartsWith("//"))
            {
                var end = _text.AsSpan(_at).IndexOfAny('\n', '\r');
                _at = end < 0 ? _text.Length : _at + end;
            }
            else if (_text.AsSpan(_at).StartsWith("/*"))
            {
                var end = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                _at = end < 0 ? throw Wrong("a comment does not end") : end + 2;
            }
            else
            {
                return;
            }
        }
    }

    private char Peek() => _at < _text.Length ? _text[_at] : '\0';

    private FormatException Wrong(string why)
    {
        var before = _text.AsSpan(0, Math.Min(_at, _text.Length));
        return new FormatException(string.Create(CultureInfo.InvariantCulture, $"line {before.Count('\n') + 1}, column {before.Length - before.LastIndexOf('\n')}: {why}"));
    }
}
