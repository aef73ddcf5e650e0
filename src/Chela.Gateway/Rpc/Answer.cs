using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Chela.Gateway.Rpc;

/// <summary>The result of a call, kept as a value until its dialect writes it straight into the outgoing frame.</summary>
internal abstract class Answer
{
    /// <summary>The answer of a method that has nothing to say when all is well.</summary>
    public static Answer Silence { get; } = new Silent();

    /// <summary>Writes the result as one JSON value.</summary>
    public abstract void Write(Utf8JsonWriter writer);

    private sealed class Silent : Answer
    {
        public override void Write(Utf8JsonWriter writer) => writer.WriteNullValue();
    }
}

/// <summary>A result with the type information that writes it.</summary>
internal sealed class Answer<T>(T value, JsonTypeInfo<T> type) : Answer
{
    public override void Write(Utf8JsonWriter writer) => JsonSerializer.Serialize(writer, value, type);
}
