using System.Text.Json;

namespace Chela.Gateway.Schema;

/// <summary>Reads the strings of a JSON text that may be hostile.</summary>
internal static class JsonText
{
    private const int MaxShown = 64;

    /// <summary>False where an escape is half a surrogate pair: valid JSON, but no text.</summary>
    public static bool IsReadable(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return true;
        }

        try
        {
            reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The length in characters as JSON Schema counts them: code points.</summary>
    public static int CountCharacters(ref Utf8JsonReader reader)
    {
        var count = 0;
        if (reader.ValueIsEscaped)
        {
            foreach (var c in reader.GetString()!)
            {
                count += char.IsLowSurrogate(c) ? 0 : 1;
            }

            return count;
        }

        foreach (var b in reader.ValueSpan)
        {
            count += (b & 0xC0) == 0x80 ? 0 : 1;
        }

        return count;
    }

    /// <summary>A name from outside as it may appear in a message: short and on one line.</summary>
    public static string Show(string name)
    {
        var shown = name.Length <= MaxShown ? name : string.Concat(name.AsSpan(0, MaxShown - 1), "…");
        return shown.Any(char.IsControl) ? string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c)) : shown;
    }
}
