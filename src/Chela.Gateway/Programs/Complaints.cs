using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Programs;

/// <summary>Writes into the log what a program prints on its standard error: so many lines, so long, and no more.</summary>
internal sealed partial class Complaints(string program, TimeProvider time, ILogger logger)
{
    /// <summary>The longest line, in characters.</summary>
    public const int LongestLine = 500;

    /// <summary>The most lines in one <see cref="Window"/>.</summary>
    public const int MaxLines = 100;

    /// <summary>Over what time they are counted.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly char[] _line = new char[LongestLine];
    private long _began = time.GetTimestamp();
    private int _length;
    private int _lines;

    /// <summary>Reads to the end, also what is not written: a program whose pipe is full would stand still.</summary>
    public async Task FollowAsync(TextReader errors, CancellationToken ct)
    {
        var part = new char[4096];
        try
        {
            int read;
            while ((read = await errors.ReadAsync(part, ct)) > 0)
            {
                Take(part.AsSpan(0, read));
            }

            EndLine();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The program is at its end.
        }
    }

    private void Take(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (c == '\n')
            {
                EndLine();
            }
            else if (_length < LongestLine && c != '\r')
            {
                _line[_length++] = c;
            }
        }
    }

    private void EndLine()
    {
        var line = new string(_line, 0, _length);
        _length = 0;
        if (time.GetElapsedTime(_began) > Window)
        {
            (_began, _lines) = (time.GetTimestamp(), 0);
        }

        if (line.Length == 0)
        {
            return;
        }

        if (++_lines <= MaxLines)
        {
            Log.Said(logger, program, line);
        }
        else if (_lines == MaxLines + 1)
        {
            Log.SaysTooMuch(logger, program);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1445, LogLevel.Information, "{Program} says: {Line}")]
        public static partial void Said(ILogger logger, string program, string line);

        [LoggerMessage(1446, LogLevel.Warning, "{Program} says more on its standard error than is written down")]
        public static partial void SaysTooMuch(ILogger logger, string program);
    }
}
