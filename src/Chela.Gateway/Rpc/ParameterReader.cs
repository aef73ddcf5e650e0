using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chela.Contracts.Errors;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Rpc;

/// <summary>Reads parameters strictly. The shape is consulted when it says more than the type, or to say what is wrong.</summary>
internal static class ParameterReader
{
    public static T? Read<T>(string method, ReadOnlySpan<byte> bytes, JsonShape shape, JsonTypeInfo<T> type)
    {
        if (bytes.SequenceEqual("null"u8))
        {
            bytes = "{}"u8; // absent and null mean "no parameters" to every known client
        }

        if (shape.HasConstraints)
        {
            Refuse(method, shape, bytes);
        }

        try
        {
            return JsonSerializer.Deserialize(bytes, type);
        }
        catch (JsonException)
        {
            Refuse(method, shape, bytes);
            throw new RpcException(RpcErrorKind.InvalidParams, $"invalid {method} params: text that is not valid Unicode");
        }
    }

    private static void Refuse(string method, JsonShape shape, ReadOnlySpan<byte> bytes)
    {
        var problems = shape.Check(bytes);
        if (problems.Count > 0)
        {
            throw new RpcException(RpcErrorKind.InvalidParams, $"invalid {method} params: {string.Join("; ", problems)}");
        }
    }
}
