using System.Buffers;
using System.Buffers.Binary;
using Replication.StateMachines;

namespace SimulatedStateMachine;

/// <summary>Counts votes: a command is the number of a candidate, the result how many votes it has then.</summary>
public class Tally : IStateMachine
{
    private readonly SortedDictionary<int, long> _votes = [];

    public long VotesOf(int candidate) => _votes.GetValueOrDefault(candidate);

    public void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        int candidate = BinaryPrimitives.ReadInt32LittleEndian(command);
        long votes = VotesOf(candidate) + 1;
        _votes[candidate] = votes;
        BinaryPrimitives.WriteInt64LittleEndian(result.GetSpan(sizeof(long)), votes);
        result.Advance(sizeof(long));
    }

    // The snapshot is written while later commands are applied: it needs a copy of its own.
    public virtual IStateMachineSnapshot CaptureSnapshot() => new Snapshot(new SortedDictionary<int, long>(_votes));

    public void RestoreSnapshot(Stream source)
    {
        using BinaryReader reader = new(source);
        _votes.Clear();
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            _votes.Add(reader.ReadInt32(), reader.ReadInt64());
        }
    }

    protected IStateMachineSnapshot SnapshotWithoutCopy() => new Snapshot(_votes);

    private sealed class Snapshot(SortedDictionary<int, long> votes) : IStateMachineSnapshot
    {
        public void WriteTo(Stream destination)
        {
            using BinaryWriter writer = new(destination, System.Text.Encoding.UTF8, leaveOpen: true);
            writer.Write(votes.Count);
            foreach ((int candidate, long count) in votes)
            {
                writer.Write(candidate);
                writer.Write(count);
            }
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>The same with a bug: its snapshot shares the live votes, so that what is written may hold votes that came
/// later, and a node that restarts from it counts them again.</summary>
public sealed class SharingTally : Tally
{
    public override IStateMachineSnapshot CaptureSnapshot() => SnapshotWithoutCopy();
}
