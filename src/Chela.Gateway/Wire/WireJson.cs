using System.Text.Encodings.Web;
using System.Text.Json;

namespace Chela.Gateway.Wire;

/// <summary>How frames are written and read, in every dialect.</summary>
internal static class WireJson
{
    /// <summary>No needless escapes: frames are data for programs, never parts of a page.</summary>
    public static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The deepest nesting of a frame that is read.</summary>
    public static readonly JsonReaderOptions Reading = new() { MaxDepth = 64 };

    /// <summary>The bytes of the value that the reader stands on; the reader moves to its end.</summary>
    public static ReadOnlyMemory<byte> RawValue(ReadOnlyMemory<byte> frame, ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return frame[start..(int)reader.BytesConsumed];
    }

    /// <summary>The text after the name that the reader stands on, if it can be a trace; the reader moves to its end.</summary>
    public static string? TraceParent(ref Utf8JsonReader reader)
    {
        reader.Read();
        var text = reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= WireCall.MaxTraceParent ? reader.GetString() : null;
        reader.Skip();
        return text;
    }

    /// <summary>True for what the reader throws at bad text: not JSON, or an escape that is half of a character.</summary>
    public static bool IsUnreadable(Exception e) => e is JsonException or InvalidOperationException;
}
