using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.ObjectPool;

namespace Chela.Gateway.Connections;

/// <summary>A written frame as the body of a response.</summary>
internal static class HttpFrame
{
    /// <summary>Sends what was written, and gives the writer back.</summary>
    public static async Task SendAsync(HttpContext context, FrameWriter writer, ObjectPool<FrameWriter> writers)
    {
        var (rented, length) = writer.Detach();
        writers.Return(writer);
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = length;
        await context.Response.Body.WriteAsync(rented.AsMemory(0, length), context.RequestAborted);
        ArrayPool<byte>.Shared.Return(rented);
    }
}
