using System.Buffers;
using Replication.Storage.Engine.Tree;
using Replication.Storage.Records;

namespace Replication.Storage.Engine.Values;

/// <summary>Writes the value log; for the background worker, which alone owns the log.</summary>
internal sealed class ValueLogWriter(IRecordLog log, ValueReader reader)
{
    // Flushed in pieces, so that the log's memory for unwritten pages never fills up.
    private const long FlushBytes = 2 << 20;

    private long _unflushedBytes;

    /// <summary>Writes what was handed over, durably: copies first, then what was applied since they were
    /// selected.</summary>
    /// <param name="handOver">It; receives the addresses.</param>
    /// <param name="endBefore">The end of the checkpoint before.</param>
    /// <returns>The address above all of it, and that of the last record; 0 if there was none.</returns>
    public (long End, long Last) Write(ValueHandOver handOver, long endBefore)
    {
        _unflushedBytes = 0;
        long last = CopyForward(handOver);
        ReadOnlySpan<KeyVersion?> versions = handOver.Batch.Versions;
        KeyVersion[] written = new KeyVersion[versions.Length];
        int count = 0;
        byte[] head = new byte[4096];
        foreach (KeyVersion? version in versions)
        {
            if (version is not null)
            {
                if (head.Length < ValueRecord.HeaderBytes + version.Key.Length)
                {
                    head = new byte[ValueRecord.HeaderBytes + version.Key.Length];
                }

                int headBytes = ValueRecord.WriteHead(version, head);
                last = Append(head.AsSpan(0, headBytes), version.CachedValue);
                version.Address = last;
                written[count++] = version;
            }
        }

        log.Flush();

        // From here on damage to what the checkpoint needs is told apart from a torn tail.
        log.WriteHint();
        Array.Resize(ref written, count);
        handOver.Written = written;
        handOver.TruncateTo = FirstNeededAddress(handOver, endBefore);
        return (log.TailAddress, last);
    }

    /// <summary>Gives up the records below an address.</summary>
    public void TruncatePrefix(long address)
    {
        if (address > log.BeginAddress)
        {
            log.TruncatePrefix(address);
        }
    }

    private static long FirstNeededAddress(ValueHandOver handOver, long endBefore) =>
        handOver.FirstNeeded is { } first ? first.Address : endBefore;

    private long CopyForward(ValueHandOver handOver)
    {
        long last = 0;
        for (int i = 0; i < handOver.Relocated.Length; i++)
        {
            KeyVersion version = handOver.Relocated[i];
            int bytes = ValueRecord.SizeOf(version);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(bytes);
            Span<byte> payload = buffer.AsSpan(0, bytes);
            reader.ReadRecord(version, version.Address, payload);
            last = Append(payload, []);
            handOver.RelocatedTo[i] = last;
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return last;
    }

    private long Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        long address = log.Append(head, body);
        _unflushedBytes += head.Length + body.Length;
        if (_unflushedBytes >= FlushBytes)
        {
            log.Flush();
            _unflushedBytes = 0;
        }

        return address;
    }
}
