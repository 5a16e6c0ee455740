using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Randomness;

namespace Replication.Testing.Conformance.StateMachines;

/// <summary>What every <see cref="IStateMachine"/> promises: determinism, and snapshots that are the state.</summary>
/// <remarks>Runs in one thread, in well under a second for small machines. Random commands follow from fixed seeds.
/// What shows only in a cluster is for <see cref="StateMachineSimulation"/>.</remarks>
public sealed class StateMachineSuite : ConformanceSuite
{
    private const int CommandsOfCase = 60;
    private readonly Func<IStateMachine> _create;
    private readonly Func<WorkloadRandom, ReadOnlyMemory<byte>> _draw;
    private readonly Action<IStateMachine, Stream> _writeState;

    /// <summary>Initializes a new instance of the <see cref="StateMachineSuite"/> class.</summary>
    /// <param name="create">Makes a machine in its first state.</param>
    /// <param name="draw">Draws a command; varied ones find more.</param>
    /// <param name="writeState">Writes what must be equal in equal states; null for the snapshot.</param>
    public StateMachineSuite(
        Func<IStateMachine> create,
        Func<WorkloadRandom, ReadOnlyMemory<byte>> draw,
        Action<IStateMachine, Stream>? writeState = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(draw);
        _create = create;
        _draw = draw;
        _writeState = writeState ?? WriteSnapshot;
        Add("Equal commands give equal results and equal states", EqualCommands);
        Add("A snapshot of any point, restored, goes on with the same results to the same state", EveryPoint);
        Add("A machine that has executed nothing can be captured and restored", Nothing);
        Add("A restore leaves nothing of what the machine held before", RestoreOverUsed);
        Add("Later commands do not change what a snapshot writes", LaterCommands);
        Add("Commands may be executed while a snapshot is written", WhileWritten);
        Add("The bytes of a command are not kept beyond the call", CommandBuffer);
        Add("Every byte of a result is written", ResultBuffer);
        Add("A snapshot is restored from a stream that gives few bytes at a time", TricklingRestore);
        Add("A snapshot leaves its stream open", StreamStaysOpen);
    }

    private void EqualCommands()
    {
        (IStateMachine one, IStateMachine other) = (_create(), _create());
        foreach ((ApplyContext context, byte[] command) in Entries(1))
        {
            Expect.Bytes(Apply(one, context, command), Apply(other, context, command), $"the result of {context.Id}");
            Expect.Bytes(StateOf(one), StateOf(other), $"the state after {context.Id}");
        }
    }

    private void EveryPoint()
    {
        (ApplyContext Context, byte[] Command)[] entries = Entries(2);
        for (int point = 0; point <= entries.Length; point++)
        {
            IStateMachine machine = _create();
            Run(machine, entries[..point]);
            IStateMachine restored = Restored(SnapshotOf(machine));
            Expect.Bytes(StateOf(machine), StateOf(restored), $"the state restored after {point} commands");
            foreach ((ApplyContext context, byte[] command) in entries[point..])
            {
                Expect.Bytes(Apply(machine, context, command), Apply(restored, context, command),
                    $"the result of {context.Id}, from the snapshot after {point} commands on");
            }

            Expect.Bytes(StateOf(machine), StateOf(restored), $"the last state, restored after {point} commands");
        }
    }

    private void Nothing()
    {
        IStateMachine restored = Restored(SnapshotOf(_create()));
        Expect.Bytes(StateOf(_create()), StateOf(restored), "the first state, restored");
    }

    private void RestoreOverUsed()
    {
        IStateMachine source = _create();
        Run(source, Entries(3)[..10]);
        foreach (byte[] snapshot in (byte[][])[SnapshotOf(source), SnapshotOf(_create())])
        {
            IStateMachine used = _create();
            Run(used, Entries(4));
            used.RestoreSnapshot(new MemoryStream(snapshot));
            Expect.Bytes(StateOf(Restored(snapshot)), StateOf(used), "the state of a used machine, restored");
        }
    }

    private void LaterCommands()
    {
        IStateMachine machine = _create();
        foreach ((ApplyContext context, byte[] command) in Entries(5))
        {
            byte[] before = SnapshotOf(machine);
            using IStateMachineSnapshot snapshot = machine.CaptureSnapshot();
            Apply(machine, context, command);
            using MemoryStream written = new();
            snapshot.WriteTo(written);
            Expect.Bytes(StateOf(Restored(before)), StateOf(Restored(written.ToArray())),
                $"what a snapshot from before {context.Id} wrote after it");
        }
    }

    private void WhileWritten()
    {
        (ApplyContext Context, byte[] Command)[] entries = Entries(6);
        IStateMachine machine = _create();
        Run(machine, entries[..30]);
        byte[] state = StateOf(machine);
        using IStateMachineSnapshot snapshot = machine.CaptureSnapshot();
        int next = 30;
        using TestStream written = new()
        {
            // What another thread does between two writes, done here: the same each time.
            Writing = () =>
            {
                if (next < entries.Length)
                {
                    Apply(machine, entries[next].Context, entries[next].Command);
                    next++;
                }
            },
        };
        snapshot.WriteTo(written);
        Expect.Bytes(state, StateOf(Restored(written.ToArray())), "the state written while commands were executed");
        Run(machine, entries[next..]);
        IStateMachine twin = _create();
        Run(twin, entries);
        Expect.Bytes(StateOf(twin), StateOf(machine), "the state of a machine that was written meanwhile");
    }

    private void CommandBuffer()
    {
        IStateMachine machine = _create();
        IStateMachine twin = _create();

        // Stays where it is, so that memory that was kept shows what was overwritten.
        byte[] buffer = GC.AllocateArray<byte>(4096, pinned: true);
        foreach ((ApplyContext context, byte[] command) in Entries(7))
        {
            if (buffer.Length < command.Length)
            {
                buffer = GC.AllocateArray<byte>(command.Length, pinned: true);
            }

            command.CopyTo(buffer, 0);
            TestWriter result = new(0);
            machine.Apply(context, buffer.AsSpan(0, command.Length), result);
            buffer.AsSpan().Fill(0xA5);
            Expect.Bytes(Apply(twin, context, command), result.Written, $"the result of {context.Id}");
            Expect.Bytes(StateOf(twin), StateOf(machine), "the state, when the buffer of a command was used again");
        }
    }

    private void ResultBuffer()
    {
        (IStateMachine one, IStateMachine other) = (_create(), _create());
        foreach ((ApplyContext context, byte[] command) in Entries(8))
        {
            (TestWriter zeros, TestWriter ones) = (new TestWriter(0), new TestWriter(0xFF));
            one.Apply(context, command, zeros);
            other.Apply(context, command, ones);
            Expect.Bytes(zeros.Written, ones.Written, $"the result of {context.Id} in a buffer that held other bytes");
        }
    }

    private void TricklingRestore()
    {
        IStateMachine machine = _create();
        Run(machine, Entries(9));
        IStateMachine restored = _create();
        using TestStream source = new(SnapshotOf(machine));
        restored.RestoreSnapshot(source);
        Expect.Bytes(StateOf(machine), StateOf(restored), "the state restored from a stream of single bytes");
    }

    private void StreamStaysOpen()
    {
        IStateMachine machine = _create();
        Run(machine, Entries(10));
        using TestStream destination = new();
        using IStateMachineSnapshot snapshot = machine.CaptureSnapshot();
        snapshot.WriteTo(destination);
        Expect.That(!destination.IsDisposed, "WriteTo disposed the stream, which its caller still needs.");
    }

    private (ApplyContext Context, byte[] Command)[] Entries(ulong seed)
    {
        long unique = 0;
        WorkloadRandom random = new(new RandomStream(seed, RandomPurpose.Client), 0, () => ++unique);
        return
        [
            .. Enumerable.Range(1, CommandsOfCase).Select(index => (
                new ApplyContext(
                    new LogId(new Term(1 + (index / 20)), new LogIndex(index)),
                    HybridTimestamp.FromUnixMilliseconds(1_000_000 + (index * 7))),
                _draw(random).ToArray())),
        ];
    }

    private static void WriteSnapshot(IStateMachine machine, Stream destination)
    {
        using IStateMachineSnapshot snapshot = machine.CaptureSnapshot();
        snapshot.WriteTo(destination);
    }

    private static byte[] SnapshotOf(IStateMachine machine)
    {
        using MemoryStream written = new();
        WriteSnapshot(machine, written);
        return written.ToArray();
    }

    private static byte[] Apply(IStateMachine machine, in ApplyContext context, byte[] command)
    {
        TestWriter result = new(0);
        machine.Apply(context, command, result);
        return result.Written.ToArray();
    }

    private static void Run(IStateMachine machine, IEnumerable<(ApplyContext Context, byte[] Command)> entries)
    {
        foreach ((ApplyContext context, byte[] command) in entries)
        {
            Apply(machine, context, command);
        }
    }

    private byte[] StateOf(IStateMachine machine)
    {
        using MemoryStream state = new();
        _writeState(machine, state);
        return state.ToArray();
    }

    private IStateMachine Restored(byte[] snapshot)
    {
        IStateMachine machine = _create();
        machine.RestoreSnapshot(new MemoryStream(snapshot));
        return machine;
    }
}
