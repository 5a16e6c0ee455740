using System.Text.Json;

namespace Replication.Testing.Histories;

/// <summary>Reads histories from JSON lines: one event a line.</summary>
/// <remarks>
/// Fields: <c>index</c> (absent: one more than the line before), <c>type</c> (invoke, ok, fail, info), <c>process</c>,
/// <c>f</c>, and where known <c>key</c>, <c>value</c>, <c>time</c>, <c>node</c>, <c>level</c>, <c>token</c>,
/// <c>position</c>, <c>error</c>; see <see cref="HistoryEvent"/>. Other fields and empty lines are skipped.
/// </remarks>
public static class HistoryReader
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <returns>The history.</returns>
    /// <exception cref="HistoryFormatException">A line is malformed or can't follow those before it.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static History ReadFile(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        return Read(stream);
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The stream, UTF-8; stays open.</param>
    /// <returns>The history.</returns>
    /// <exception cref="HistoryFormatException">A line is malformed or can't follow those before it.</exception>
    public static History Read(Stream stream) => History.Pair(Lines(stream));

    /// <summary>Reads the events one by one, without pairing them to operations.</summary>
    /// <param name="stream">The stream, UTF-8; stays open.</param>
    /// <returns>The events, read while they are enumerated.</returns>
    /// <exception cref="HistoryFormatException">A line is malformed.</exception>
    public static IEnumerable<HistoryEvent> ReadEvents(Stream stream) => Lines(stream).Select(e => e.Event);

    private static IEnumerable<(long Line, HistoryEvent Event)> Lines(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return LinesOf(stream);
    }

    private static IEnumerable<(long Line, HistoryEvent Event)> LinesOf(Stream stream)
    {
        StringCache strings = new();
        byte[] buffer = new byte[BufferBytes];
        int start = 0;
        int end = 0;
        long line = 0;
        long nextIndex = 0;
        bool isAtEnd = false;
        while (!isAtEnd || start < end)
        {
            int newLine = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (newLine < 0 && !isAtEnd)
            {
                MakeRoom(ref buffer, ref start, ref end);
                int read = stream.Read(buffer, end, buffer.Length - end);
                isAtEnd = read == 0;
                end += read;
                continue;
            }

            int length = newLine < 0 ? end - start : newLine;
            HistoryEvent? parsed = Parse(buffer.AsSpan(start, length), ++line, nextIndex, strings);
            start += newLine < 0 ? length : length + 1;
            if (parsed is not null)
            {
                nextIndex = parsed.Index + 1;
                yield return (line, parsed);
            }
        }
    }

    private static void MakeRoom(ref byte[] buffer, ref int start, ref int end)
    {
        byte[] target = end - start > buffer.Length / 2 ? new byte[buffer.Length * 2] : buffer;
        buffer.AsSpan(start, end - start).CopyTo(target);
        buffer = target;
        end -= start;
        start = 0;
    }

    private static HistoryEvent? Parse(ReadOnlySpan<byte> text, long line, long nextIndex, StringCache strings)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xef, 0xbb, 0xbf];
        if (line == 1 && text.StartsWith(byteOrderMark))
        {
            text = text[byteOrderMark.Length..];
        }

        if (text.Trim(" \t\r"u8).IsEmpty)
        {
            return null;
        }

        try
        {
            return HistoryJson.ParseEvent(text, nextIndex, strings);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new HistoryFormatException(line, e.Message, e);
        }
    }
}
