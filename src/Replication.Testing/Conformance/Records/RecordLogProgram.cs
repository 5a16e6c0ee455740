using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.Testing.Conformance.Records;

/// <summary>A record log under test together with what it must hold.</summary>
internal sealed class RecordLogProgram : IDisposable
{
    private readonly List<(long Address, byte[] Payload)> _records = [];

    public RecordLogProgram(IRecordLogFactory factory, IFileSystem disk, RecordLogOptions? options = null)
    {
        Options = options ?? SmallOptions;
        var visitor = new CollectingVisitor();
        Log = factory.Open(disk, Options, visitor, out RecordLogReport report);
        Report = report;
        _records.AddRange(visitor.Records);
        Acknowledged = _records.Count;
    }

    public static RecordLogOptions SmallOptions =>
        new() { Directory = "d/log", PageSizeBits = 10, MemorySizeBits = 12, SegmentSizeBits = 11, SectorBytes = 512 };

    public RecordLogOptions Options { get; }

    public IRecordLog Log { get; }

    public RecordLogReport Report { get; }

    /// <summary>Gets everything appended that was not given up, in order.</summary>
    public IReadOnlyList<(long Address, byte[] Payload)> Records => _records;

    /// <summary>Gets how many of them a flush has covered.</summary>
    public int Acknowledged { get; private set; }

    public bool IsDisposed { get; private set; }

    public void Append(int bytes, int salt)
    {
        byte[] payload = new byte[bytes];
        new Random(salt).NextBytes(payload);
        int head = Math.Min(bytes, 1 + (salt % 9));
        _records.Add((Log.Append(payload.AsSpan(0, head), payload.AsSpan(head)), payload));
    }

    public void Flush()
    {
        Log.Flush();
        Acknowledged = _records.Count;
    }

    public void Truncate(int records)
    {
        records = Math.Min(records, Acknowledged);
        if (records > 0)
        {
            long first = records < _records.Count ? _records[records].Address : Log.DurableAddress;
            _records.RemoveRange(0, records);
            Acknowledged -= records;
            Log.TruncatePrefix(Math.Min(first, Log.DurableAddress));
        }
    }

    /// <summary>Does one step of a program that depends on the random numbers alone.</summary>
    public void Step(Random random)
    {
        switch (random.Next(12))
        {
            case < 7:
                Append(random.Next(10) == 0
                    ? Options.RecordBytesMax - random.Next(40) : random.Next(1, 300), random.Next());
                break;
            case < 10:
                Flush();
                break;
            case 10:
                Log.WriteHint();
                break;
            default:
                Truncate(random.Next(6));
                break;
        }
    }

    /// <summary>
    /// Checks that a recovered log holds a prefix of what was appended, with everything acknowledged in it.
    /// </summary>
    /// <param name="before">What was appended.</param>
    /// <param name="after">What is there.</param>
    /// <param name="certain">From this address on, acknowledged records may be missing too.</param>
    public static void AssertPrefix(RecordLogProgram before, RecordLogProgram after, long certain = long.MaxValue)
    {
        // Records given up may show again while their segment is there; none else may come before the first kept one.
        int skipped = before.Records.Count == 0
            ? after.Records.Count
            : after.Records.TakeWhile(record => record.Address < before.Records[0].Address).Count();

        int found = after.Records.Count - skipped;
        int acknowledged = before.Records.Take(before.Acknowledged).Count(record => record.Address < certain);
        Expect.InRange(found, acknowledged, before.Records.Count);
        for (int i = 0; i < found; i++)
        {
            Expect.Equal(before.Records[i].Address, after.Records[skipped + i].Address);
            Expect.Bytes(before.Records[i].Payload, after.Records[skipped + i].Payload);
        }
    }

    public void Dispose()
    {
        IsDisposed = true;
        Log.Dispose();
    }
}
