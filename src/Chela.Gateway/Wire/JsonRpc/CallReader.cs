using System.Text.Json;
using Chela.Contracts.Errors;

namespace Chela.Gateway.Wire.JsonRpc;

/// <summary>Reads a call, a notification or a batch of them.</summary>
internal static class CallReader
{
    /// <summary>The most calls in one batch; each may hold a run, so a batch is bounded like the calls in flight.</summary>
    public const int MaxBatch = 256;

    private static readonly byte[] NullId = "null"u8.ToArray();

    public static WireFrame Read(ReadOnlyMemory<byte> frame)
    {
        try
        {
            var reader = new Utf8JsonReader(frame.Span, WireJson.Reading);
            reader.Read();
            var isBatch = reader.TokenType == JsonTokenType.StartArray;
            var result = isBatch ? ReadBatch(frame, ref reader) : WireFrame.One(ReadCall(frame, ref reader));
            reader.Read(); // anything after the value is an error
            return result;
        }
        catch (Exception e) when (WireJson.IsUnreadable(e))
        {
            return WireFrame.One(WireCall.Refused(NullId, RpcErrorKind.Parse, "the message is not valid JSON"));
        }
    }

    private static WireFrame ReadBatch(ReadOnlyMemory<byte> frame, ref Utf8JsonReader reader)
    {
        var calls = new List<WireCall>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (calls.Count == MaxBatch)
            {
                return Refuse($"a batch may not hold more than {MaxBatch} calls", ref reader);
            }

            calls.Add(ReadCall(frame, ref reader));
        }

        return calls.Count == 0 ? Refuse("an empty batch", ref reader) : new WireFrame(calls.ToArray(), IsBatch: true);
    }

    private static WireFrame Refuse(string message, ref Utf8JsonReader reader)
    {
        while (reader.Read())
        {
            // Read to the end: what is not JSON at all must be told as such.
        }

        return WireFrame.One(WireCall.Refused(NullId, RpcErrorKind.InvalidRequest, message));
    }

    /// <summary>Reads the value that the reader stands on, and leaves it on the value's last token.</summary>
    private static WireCall ReadCall(ReadOnlyMemory<byte> frame, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return WireCall.Refused(NullId, RpcErrorKind.InvalidRequest, "a call must be an object");
        }

        var members = default(Members);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            members.Read(frame, ref reader);
        }

        return members.ToCall();
    }

    private struct Members
    {
        private bool _isVersion2;
        private bool _idIsWrong;
        private byte[]? _id;
        private string? _method;
        private string? _traceParent;
        private JsonTokenType _kind;
        private ReadOnlyMemory<byte> _parameters;

        public void Read(ReadOnlyMemory<byte> frame, ref Utf8JsonReader reader)
        {
            if (reader.ValueTextEquals("jsonrpc"u8))
            {
                reader.Read();
                _isVersion2 = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("2.0"u8);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                _idIsWrong = reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number or JsonTokenType.Null);
                _id = WireJson.RawValue(frame, ref reader).ToArray();
            }
            else if (reader.ValueTextEquals("method"u8))
            {
                reader.Read();
                _method = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("params"u8))
            {
                reader.Read();
                _kind = reader.TokenType;
                _parameters = WireJson.RawValue(frame, ref reader);
            }
            else if (reader.ValueTextEquals("traceparent"u8))
            {
                _traceParent = WireJson.TraceParent(ref reader);
            }
            else
            {
                reader.Skip(); // the standard does not forbid further members
            }
        }

        public readonly WireCall ToCall()
        {
            if (!_isVersion2)
            {
                return Refuse(RpcErrorKind.InvalidRequest, "at /jsonrpc: must be \"2.0\"");
            }

            if (_idIsWrong)
            {
                return WireCall.Refused(NullId, RpcErrorKind.InvalidRequest, "at /id: must be a string, a number or null");
            }

            if (string.IsNullOrEmpty(_method))
            {
                return Refuse(RpcErrorKind.InvalidRequest, "at /method: must be a non-empty string");
            }

            return _kind is JsonTokenType.None or JsonTokenType.StartObject or JsonTokenType.Null
                ? new WireCall(_id, _method, _parameters, null) { TraceParent = _traceParent }
                : _kind is JsonTokenType.StartArray
                    ? Refuse(RpcErrorKind.InvalidParams, "at /params: parameters are given by name, as an object")
                    : Refuse(RpcErrorKind.InvalidRequest, "at /params: must be an object");
        }

        private readonly WireCall Refuse(RpcErrorKind kind, string message) =>
            WireCall.Refused(_idIsWrong ? NullId : _id ?? NullId, kind, message);
    }
}
