using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.Benchmarks;

/// <summary>A record log that gives out addresses and keeps nothing: what is above it allocates alone.</summary>
internal sealed class UnwrittenLog : IRecordLog
{
    public long BeginAddress => 0;

    public long TailAddress { get; private set; }

    public long DurableAddress { get; private set; }

    public long Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        long address = TailAddress;
        TailAddress += head.Length + body.Length;
        return address;
    }

    public void Flush() => DurableAddress = TailAddress;

    public void TruncatePrefix(long address)
    {
    }

    public void WriteHint()
    {
    }

    public void Read(long address, Span<byte> destination) => throw new NotSupportedException("Nothing is kept.");

    public void Dispose()
    {
    }

    internal sealed class Factory : IRecordLogFactory
    {
        public IRecordLog Open(
            IFileSystem files, RecordLogOptions options, IRecordVisitor visitor, out RecordLogReport report)
        {
            report = default;
            return new UnwrittenLog();
        }
    }
}
