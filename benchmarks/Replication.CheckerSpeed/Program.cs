using System.Globalization;
using Replication.CheckerSpeed;

// list-append [transactions] [clients] [appends per key] [seed]
if (args is not ["list-append", ..])
{
    Console.Error.WriteLine("Usage: list-append [transactions] [clients] [appends per key] [seed]");
    return 2;
}

int Argument(int place, int standard) =>
    args.Length > place ? int.Parse(args[place], CultureInfo.InvariantCulture) : standard;

return ListAppendSpeed.Run(Argument(1, 1_000_000), Argument(2, 20), Argument(3, 64), Argument(4, 1));
