//+------------------------------------------------------------------+
//| Leaves positions as the model decides; written by scaleout {version} |
//+------------------------------------------------------------------+
// NOT COMPILED where this was written: there was no MetaEditor. The features come from ScaleoutFeatures.mqh, whose arithmetic
// is written from the same description as the Python module, which is tested. model.onnx is tested in onnxruntime.
//
// Put model.onnx, ScaleoutFeatures.mqh and this file into MQL5/Experts/scaleout/ and compile. The expert manages every
// position of its symbol that has a stop: at each new bar it asks the model which share of the INITIAL volume to hold and
// closes the rest at the market. Entries are yours: by hand, or by another expert.
//
// Run it on bars of {clock}. Decisions are made at closes and act at the next open, as in training.
#property copyright "scaleout"
#property version   "1.00"
#resource "model.onnx" as uchar ExtModel[]
#include "ScaleoutFeatures.mqh"
#include <Trade\Trade.mqh>

input double InpCommissionPerLot=0.0;   // Commission of one side for one lot, in the account currency
input double InpSlippagePoints=0.0;     // Slippage of a market order, in points
input int    InpWarmUpBars={warm_up};   // Bars read before the first decision

#define SO_K {tranches}
#define SO_C {columns}

struct SSoTracked { ulong ticket; double initial; CSoPosition path; int last_sale; int bars; };

long       ExtHandle=INVALID_HANDLE;
CSoMarket  ExtMarket;
double     ExtValues[];
datetime   ExtLastBar=0;
SSoTracked ExtTracked[];
CTrade     ExtTrade;

int OnInit()
  {
   ExtHandle=OnnxCreateFromBuffer(ExtModel,ONNX_DEFAULT);
   if(ExtHandle==INVALID_HANDLE)
     { Print("scaleout: OnnxCreateFromBuffer failed, error ",GetLastError()); return(INIT_FAILED); }
   const long features[]={1,SO_FEATURES},remaining[]={1,1},trade[]={1,SO_C},hold[]={1,SO_K},target[]={1,1};
   if(!OnnxSetInputShape(ExtHandle,0,features) || !OnnxSetInputShape(ExtHandle,1,remaining) ||
      !OnnxSetInputShape(ExtHandle,2,trade) || !OnnxSetOutputShape(ExtHandle,0,hold) ||
      !OnnxSetOutputShape(ExtHandle,1,target))
     { Print("scaleout: the shapes do not fit, error ",GetLastError()); return(INIT_FAILED); }
   ExtMarket.Init();
   // The closed bars so far, the oldest first.
   MqlRates rates[];
   int count=CopyRates(_Symbol,_Period,1,InpWarmUpBars,rates);
   for(int i=0; i<count; i++)
      PushBar(rates[i]);
   if(count>0)
      ExtLastBar=iTime(_Symbol,_Period,0);
   return(INIT_SUCCEEDED);
  }

void OnDeinit(const int reason) { OnnxRelease(ExtHandle); }

void PushBar(const MqlRates &bar)
  {
   double columns[];
   ArrayResize(columns,{extra});
{extra_lines}   ExtMarket.Push(bar.high,bar.low,bar.close,(double)bar.tick_volume,columns,ExtValues);
  }

void OnTick()
  {
   datetime now=iTime(_Symbol,_Period,0);
   Discover();
   if(now==ExtLastBar)
      return;
   ExtLastBar=now;
   MqlRates bars[];
   if(CopyRates(_Symbol,_Period,1,1,bars)!=1)
      return;
   PushBar(bars[0]);
   for(int i=ArraySize(ExtTracked)-1; i>=0; i--)
      Manage(i,bars[0]);
  }

// Takes up positions that are new: the model is asked at the fill, with what was known at the close before it.
void Discover()
  {
   for(int i=0; i<PositionsTotal(); i++)
     {
      ulong ticket=PositionGetTicket(i);
      if(ticket==0 || PositionGetString(POSITION_SYMBOL)!=_Symbol || PositionGetDouble(POSITION_SL)==0.0)
         continue;
      bool known=false;
      for(int k=0; k<ArraySize(ExtTracked); k++)
         known=known || ExtTracked[k].ticket==ticket;
      if(known || ArraySize(ExtValues)==0)
         continue;
      int at=ArraySize(ExtTracked);
      ArrayResize(ExtTracked,at+1);
      double price=PositionGetDouble(POSITION_PRICE_OPEN),stop=PositionGetDouble(POSITION_SL);
      double side=(PositionGetInteger(POSITION_TYPE)==POSITION_TYPE_BUY ? 1.0 : -1.0);
      ExtTracked[at].ticket=ticket;
      ExtTracked[at].initial=PositionGetDouble(POSITION_VOLUME);
      ExtTracked[at].last_sale=-1;
      ExtTracked[at].bars=0;
      ExtTracked[at].path.Open(side,price,MathAbs(price-stop),ExtValues);
      Decide(at);
     }
  }

void Manage(const int at,const MqlRates &bar)
  {
   if(!PositionSelectByTicket(ExtTracked[at].ticket))
     { ArrayRemove(ExtTracked,at,1); return; }
   ExtTracked[at].path.After(bar.high,bar.low,bar.close);
   ExtTracked[at].bars++;
   if(ExtTracked[at].bars>=SO_HORIZON_BARS)
     { ExtTrade.PositionClose(ExtTracked[at].ticket); return; }
   Decide(at);
  }

// Asks the model and closes what is not to be held.
void Decide(const int at)
  {
   if(!PositionSelectByTicket(ExtTracked[at].ticket))
      return;
   double volume=PositionGetDouble(POSITION_VOLUME),price=PositionGetDouble(POSITION_PRICE_OPEN);
   double step=SymbolInfoDouble(_Symbol,SYMBOL_VOLUME_STEP),least=SymbolInfoDouble(_Symbol,SYMBOL_VOLUME_MIN);
   double initial=ExtTracked[at].initial,risk=ExtTracked[at].path.Risk();
   matrixf features(1,SO_FEATURES),remaining(1,1),trade(1,SO_C),hold(1,SO_K),target(1,1);
   float row[];
   ExtTracked[at].path.Row(ExtValues,row);
   for(int i=0; i<SO_FEATURES; i++)
      features[0][i]=row[i];
   remaining[0][0]=(float)(volume/initial);
   // Costs in R: half the spread, slippage and commission of selling the whole position.
   double tick_value=SymbolInfoDouble(_Symbol,SYMBOL_TRADE_TICK_VALUE),tick_size=SymbolInfoDouble(_Symbol,SYMBOL_TRADE_TICK_SIZE);
   double one_r=risk/tick_size*tick_value;
   double half_spread=0.5*(SymbolInfoDouble(_Symbol,SYMBOL_ASK)-SymbolInfoDouble(_Symbol,SYMBOL_BID));
   trade[0][0]=(float)((half_spread+InpSlippagePoints*_Point)/risk+InpCommissionPerLot/one_r);
   trade[0][1]=0.0f;
   trade[0][2]={impact}f;
   trade[0][3]=(float)MathRound(initial/step);
   trade[0][4]=(float)MathCeil(least/step-1e-9);
{spacing}   if(!OnnxRun(ExtHandle,ONNX_NO_CONVERSION,features,remaining,trade,hold,target))
     { Print("scaleout: OnnxRun failed, error ",GetLastError()); return; }
   // Whole volume steps; what would be left below the least volume goes along: the last sale closes whatever is left.
   double keep=MathRound(target[0][0]*initial/step)*step;
   double sell=NormalizeDouble(MathFloor((volume-keep)/step+1e-9)*step,8);
   if(sell<least-1e-9)
      return;
   bool done;
   if(volume-sell<least-1e-9)
      done=ExtTrade.PositionClose(ExtTracked[at].ticket);
   else
      done=ExtTrade.PositionClosePartial(ExtTracked[at].ticket,sell);
   if(done)
      ExtTracked[at].last_sale=ExtTracked[at].bars;
  }
